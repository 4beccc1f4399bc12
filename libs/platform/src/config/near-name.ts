/** Shorter names are too close to too many others. */
const SHORTEST = 8;
const MOST_EDITS = 2;

/**
 * Returns whether one name looks like a misspelling of the other: at most two letters are missing, added,
 * changed or swapped.
 */
export function isNear(name: string, other: string): boolean {
  if (name === other || Math.min(name.length, other.length) < SHORTEST) return false;
  return Math.abs(name.length - other.length) <= MOST_EDITS && edits(name.toUpperCase(), other) <= MOST_EDITS;
}

/** Returns the Damerau-Levenshtein distance: two swapped neighbours count as one edit. */
function edits(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwapped ? (before[column - 2] ?? Infinity) + 1 : Infinity;
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          swapped,
        ),
      );
    }
    before = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
