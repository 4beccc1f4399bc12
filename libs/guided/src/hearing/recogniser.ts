import type { Phrase } from '../dialogue/phrase.ts';

export interface Recognised {
  /** Lower-case words of the grammar, joined by spaces. */
  readonly text: string;
  /** How well the sound fits the words; higher is better, the scale is the recogniser's own. */
  readonly score: number;
}

/** Turns the sound of one utterance into words of a grammar. */
export interface Recogniser {
  /**
   * @param pcm16k signed 16-bit mono at 16 kHz
   * @returns null when the sound is none of the grammar's sentences
   * @throws ProviderError when it could not be tried; whatever comes after an abort is of no interest
   */
  recognise(pcm16k: Int16Array, grammar: Phrase, signal: AbortSignal): Promise<Recognised | null>;
}
