import { z } from 'zod';

/*
 * Text from outside. Postgres stores no U+0000, and neither jsonb nor UTF-8 half of a surrogate pair. Such
 * text is refused where its sender can correct it (our APIs), and cleaned where they cannot: a carrier's
 * form, a model.
 */

/**
 * White space, controls, formats such as U+200B, marks without a letter, fillers: characters that show
 * nothing.
 */
const NOTHING_TO_SEE =
  /^[\p{White_Space}\p{Cc}\p{Cf}\p{Cs}\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

export const INVISIBLE = 'must have at least one visible character';
export const UNSTORABLE = 'must not hold U+0000 or half of a surrogate pair';

/** Returns whether the database stores the text unchanged. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Returns the text without characters the database cannot store. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** Returns whether the text has a visible character. */
export function isVisible(text: string): boolean {
  return !NOTHING_TO_SEE.test(text);
}

/** Text in a form of a carrier, or of a model: cleaned before anything else about it is checked. */
export const cleanedText = () => z.string().overwrite(storableText);

/**
 * A name, or other text that must show something: refused when it is empty or consists of characters without
 * width.
 */
export const visibleText = (maxLength: number) =>
  z.string().trim().max(maxLength).refine(isStorable, UNSTORABLE).refine(isVisible, INVISIBLE);

/**
 * Deepest value that is checked. No request of ours is deeper; a deeper one was made to exhaust the stack.
 */
const MAX_DEPTH = 64;

/** Returns the places in a value, keys included, with text the database cannot store; up to `limit`. */
export function unstorablePlaces(value: unknown, limit = 20): (string | number)[][] {
  const found: (string | number)[][] = [];
  collect(value, [], found, limit);
  return found;
}

function collect(
  value: unknown,
  path: (string | number)[],
  found: (string | number)[][],
  limit: number,
): void {
  if (found.length >= limit || path.length > MAX_DEPTH) return;
  if (typeof value === 'string') {
    if (!isStorable(value)) found.push(path);
  } else if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) collect(entry, [...path, index], found, limit);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      if (!isStorable(key)) found.push([...path, storableText(key)]);
      collect(entry, [...path, storableText(key)], found, limit);
    }
  }
}
