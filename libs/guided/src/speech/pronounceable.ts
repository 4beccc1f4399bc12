/** A reference such as NW-4821: letters, then digits, perhaps with dashes. */
const REFERENCE = /\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)*\b/g;
const MAX_TEXT_LENGTH = 1_000;

/**
 * The text as a simple speech program must be given it: references character by character, no marks it would
 * read out or obey (SSML, espeak-ng's phonemes), one line.
 */
export function pronounceable(text: string): string {
  return text
    .slice(0, MAX_TEXT_LENGTH)
    .replace(REFERENCE, (reference) => [...reference.replaceAll('-', '')].join(' '))
    .replace(/\bAI\b/g, 'A I')
    .replace(/[<>[\]{}|\\^`~*_#=+]/g, ' ')
    .replace(/[‘’]/g, "'")
    .replace(/[–—]/g, ', ')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
}
