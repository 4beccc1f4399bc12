/** Longer sentences are split where a speaker would breathe, so that the first sound comes soon. */
const MAX_LENGTH = 220;

/**
 * Sentences of a text, each spoken by itself. Joined by a space they are the text again, but for its line
 * breaks.
 */
export function sentencesOf(text: string): string[] {
  const sentences = text
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.!?])\s(?=\S)/);
  return sentences.flatMap(breaths).filter((sentence) => sentence !== '');
}

function breaths(sentence: string): string[] {
  if (sentence.length <= MAX_LENGTH) return [sentence];
  const head = sentence.slice(0, MAX_LENGTH);
  const comma = head.lastIndexOf(', ');
  const space = head.lastIndexOf(' ');
  const at = comma > MAX_LENGTH / 4 ? comma + 1 : space > 0 ? space : MAX_LENGTH;
  return [sentence.slice(0, at), ...breaths(sentence.slice(at).trimStart())];
}

/** A word with the stretch of its sentence's sound that is taken to hold it. */
export interface SpokenWord {
  /** The word and the space that follows it, except at the end of the sentence. */
  readonly text: string;
  readonly sound: Uint8Array;
}

/**
 * Divides the sound among the words by their length: speech programs have no common way to report where words
 * lie.
 */
export function spokenWords(sentence: string, sound: Uint8Array): SpokenWord[] {
  const words = sentence.match(/\S+\s*/g) ?? [];
  let letters = 0;
  let from = 0;
  return words.map((text) => {
    letters += text.length;
    const to = Math.round((sound.length * letters) / sentence.length);
    const word = { text, sound: sound.subarray(from, to) };
    from = to;
    return word;
  });
}
