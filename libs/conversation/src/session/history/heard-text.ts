/**
 * Returns the words of the heard part of an item. Providers do not align words with audio, so an even pace is
 * assumed and the text is cut after the last whole word.
 */
export function heardText(text: string, heardMs: number, generatedMs: number): string {
  if (heardMs <= 0 || generatedMs <= 0) return '';
  if (heardMs >= generatedMs) return text.trim();
  const limit = Math.floor((text.length * heardMs) / generatedMs);
  if (limit < text.length && /\s/.test(text.charAt(limit))) return text.slice(0, limit).trim();
  const lastSpace = text.slice(0, limit).search(/\s\S*$/);
  return lastSpace < 0 ? '' : text.slice(0, lastSpace).trim();
}

const SENTENCE_END = /[.!?…](?=\s+[\p{Lu}¿¡"“]|\s*$)|[。！？؟]/u;
const QUESTION = /[?？؟]/u;

/** Returns whether a question was heard. The sentence being spoken counts whole, as its tone is audible. */
export function hasHeardQuestion(text: string, heardMs: number, generatedMs: number): boolean {
  const limit =
    generatedMs > 0 ? Math.floor((text.length * Math.min(heardMs, generatedMs)) / generatedMs) : 0;
  const end = text.slice(limit).search(SENTENCE_END);
  return QUESTION.test(end < 0 ? text : text.slice(0, limit + end + 1));
}
