/*
 * Comma-separated values (RFC 4180) for people who open them in a spreadsheet: a cell that one would take for
 * a formula begins with an apostrophe.
 */

type Cell = string | number | null;

const FORMULA = /^[\s\0]*[=+\-@\t\r]/;

/** Returns a line with its end. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return `"${safe.replaceAll('"', '""')}"`;
}
