import { randomInt } from 'node:crypto';

/** Letters that do not rhyme with or look like another one when said or written down in a hurry. */
const LETTERS = 'AHKLMQRXY';
/** Tries with the short form before the long one, which cannot run out. */
const SHORT_TRIES = 4;
export const REFERENCE_TRIES = 8;

/** Something a caller can write down: a letter and five digits, `K48215`. Names a booking, opens nothing. */
export function newReference(attempt: number): string {
  const digits = attempt < SHORT_TRIES ? 5 : 8;
  const letter = LETTERS[randomInt(LETTERS.length)] ?? 'K';
  return letter + String(randomInt(10 ** digits)).padStart(digits, '0');
}
