import { baseLanguage } from '@tandem/contracts';
import type { CallContext } from '../call-context.ts';

/**
 * Returns the language of a text among the candidates (ISO 639); null when unsure. Never rejects. Runs on
 * another thread: language models are too slow for the event loop that carries audio.
 */
export type LanguageDetector = (text: string, candidates: readonly string[]) => Promise<string | null>;

/** One sentence may be a quotation or a name; two in a row count. */
const TIMES_IN_A_ROW = 2;
const LEAST_WORDS = 3;

/** Notices that the caller speaks another of the languages the agent has texts for. */
export class LanguageWatch {
  private suspected: string | null = null;
  private times = 0;

  private readonly candidates: readonly string[];

  constructor(
    private readonly context: CallContext,
    private readonly detect: LanguageDetector | undefined,
  ) {
    const { language, texts } = context.call.agent;
    this.candidates = [...new Set([language, ...Object.keys(texts)].map(baseLanguage))];
  }

  /** The caller said these words, while `current` was the language of the call. */
  heard(text: string, current: string): void {
    if (!this.detect || this.candidates.length < 2 || text.trim().split(/\s+/).length < LEAST_WORDS) return;
    void this.detect(text, this.candidates).then(
      (language) => language !== null && this.detected(language, current),
    );
  }

  private detected(language: string, current: string): void {
    if (language === baseLanguage(current)) {
      this.suspected = null;
      return;
    }
    this.times = language === this.suspected ? this.times + 1 : 1;
    this.suspected = language;
    if (this.times < TIMES_IN_A_ROW) return;
    this.suspected = null;
    this.context.signal({ kind: 'language-noticed', language });
  }
}
