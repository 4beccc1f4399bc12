import { baseLanguage } from '@tandem/contracts';

/**
 * Names the language of a text among the candidates (ISO 639); null when it is not sure, or cannot tell.
 * Never rejects. Takes its time elsewhere: what knows languages is large, and has no place where audio
 * passes.
 */
export type LanguageDetector = (text: string, candidates: readonly string[]) => Promise<string | null>;

/** One sentence may be a quotation or a name; two in a row are a habit. */
const TIMES_IN_A_ROW = 2;
const LEAST_WORDS = 3;

/** Notices that the caller speaks another of the languages the agent has texts for. */
export class LanguageWatch {
  private suspected: string | null = null;
  private times = 0;

  constructor(
    private readonly detect: LanguageDetector | null,
    private readonly candidates: readonly string[],
    private readonly onLanguage: (language: string) => void,
  ) {}

  /** Words of the caller, while `spoken` is the language of the call. */
  heard(text: string, spoken: string): void {
    if (!this.detect || this.candidates.length < 2 || text.trim().split(/\s+/).length < LEAST_WORDS) return;
    void this.detect(text, this.candidates).then(
      (language) => language !== null && this.told(language, spoken),
    );
  }

  private told(language: string, spoken: string): void {
    if (language === baseLanguage(spoken)) {
      this.suspected = null;
      return;
    }
    this.times = language === this.suspected ? this.times + 1 : 1;
    this.suspected = language;
    if (this.times < TIMES_IN_A_ROW) return;
    this.suspected = null;
    this.onLanguage(language);
  }
}
