/** A stretch of the utterance and the word found in it. Frames are 10 ms; `end` is its last one. */
export interface FoundWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  /** Logarithm of the acoustic likelihood, as pocketsphinx scales it. */
  readonly acoustic: number;
}

/** pocketsphinx 5prealpha, `-backtrace yes`: word, start, end, pprob, ascr, lscr, lback. */
const ROW = /^(\S+) +(\d+) +(\d+) +[\d.]+ +(-?\d+) +-?\d+ +-?\d+ *$/gm;
const MAX_WORDS = 100;

/** Words of the table in the program's messages, without the silences and noises between them. */
export function readBacktrace(messages: string): FoundWord[] {
  const found: FoundWord[] = [];
  for (const [, name = '', start, end, acoustic] of messages.matchAll(ROW)) {
    if (found.length === MAX_WORDS) break;
    if (!/^[a-z]/.test(name)) continue;
    found.push({
      word: name.replace(/\(\d+\)$/, ''),
      start: Number(start),
      end: Number(end),
      acoustic: Number(acoustic),
    });
  }
  return found;
}

/** Acoustic likelihood for each frame of the words. */
export function scoreOf(words: readonly FoundWord[]): number {
  const frames = framesOf(words);
  return frames === 0 ? -Infinity : words.reduce((sum, word) => sum + word.acoustic, 0) / frames;
}

export function framesOf(words: readonly FoundWord[]): number {
  return words.reduce((sum, { start, end }) => sum + end - start + 1, 0);
}

const SAMPLES_PER_FRAME = 160;

/**
 * Returns the share of the sound's energy that lies within the words; a low share means that more was said.
 */
export function energyWithin(words: readonly FoundWord[], pcm16k: Int16Array): number {
  const energy = (from: number, to: number): number =>
    pcm16k.subarray(from, to).reduce((sum, sample) => sum + sample ** 2, 0);
  const within = words.reduce(
    (sum, { start, end }) => sum + energy(start * SAMPLES_PER_FRAME, (end + 1) * SAMPLES_PER_FRAME),
    0,
  );
  return within / Math.max(1, energy(0, pcm16k.length));
}
