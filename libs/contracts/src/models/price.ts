export const COST_MODALITIES = [
  'textIn',
  'textCached',
  'textOut',
  'audioIn',
  'audioCached',
  'audioOut',
  'transcription',
] as const;
export type CostModality = (typeof COST_MODALITIES)[number];

/**
 * USD per million tokens, except `transcription`: USD per minute of audio. What is absent is not sold by this
 * model.
 */
export type Rates = Partial<Record<CostModality, number>>;

export interface Price {
  readonly provider: string;
  readonly model: string;
  /** First day of validity, YYYY-MM-DD, UTC. */
  readonly from: string;
  /** First day on which it no longer holds; null while no end is known. */
  readonly until: string | null;
  readonly rates: Rates;
  readonly source: string;
}
