const WORDS = /[\p{L}\p{N}'’-]+/gu;

/**
 * Returns whether a text consists of sounds of listening only ("Mhm, yes."). Case and punctuation do not
 * count; phrases of the list may repeat.
 */
export function isBackchannel(text: string, backchannels: readonly string[]): boolean {
  let words = wordsOf(text);
  if (words.length === 0) return false;
  const phrases = backchannels.map(wordsOf).filter((phrase) => phrase.length > 0);
  while (words.length > 0) {
    const [found] = phrases
      .filter((phrase) => phrase.every((word, index) => words[index] === word))
      .sort((a, b) => b.length - a.length);
    if (!found) return false;
    words = words.slice(found.length);
  }
  return true;
}

export function wordCount(text: string): number {
  return wordsOf(text).length;
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(WORDS) ?? []).map((word) => word.replaceAll('’', "'"));
}
