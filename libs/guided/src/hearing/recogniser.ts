import type { Phrase } from '../dialogue/phrase.ts';

export interface Recognised {
  /** Lower-case words of the grammar, joined by spaces. */
  readonly text: string;
  /** The fit of sound and words; higher is better, on the recogniser's own scale. */
  readonly score: number;
}

/** Turns the sound of one utterance into words of a grammar. */
export interface Recogniser {
  /**
   * @param pcm16k signed 16-bit mono at 16 kHz
   * @returns null when the sound is none of the grammar's sentences
   * @throws ProviderError when recognition failed; after an abort the outcome is ignored
   */
  recognise(pcm16k: Int16Array, grammar: Phrase, signal: AbortSignal): Promise<Recognised | null>;
}
