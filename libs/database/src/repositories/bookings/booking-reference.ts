import { randomInt } from 'node:crypto';

/** Letters that neither rhyme with nor look like another one when said or written in a hurry. */
const LETTERS = 'AHKLMQRXY';
/** Attempts with the short form before the long one, which cannot run out. */
const SHORT_TRIES = 4;
export const REFERENCE_TRIES = 8;

/**
 * Returns a reference a caller can write down: a letter and five digits, `K48215`. It names a booking and
 * gives no access.
 */
export function newReference(attempt: number): string {
  const digits = attempt < SHORT_TRIES ? 5 : 8;
  const letter = LETTERS[randomInt(LETTERS.length)] ?? 'K';
  return letter + String(randomInt(10 ** digits)).padStart(digits, '0');
}
