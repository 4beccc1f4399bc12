import { PRICES } from '../models/catalogue.ts';
import { COST_MODALITIES, type CostModality, type Price } from '../models/price.ts';
import { isBelievable, type Usage } from './usage.ts';

/*
 * What providers charge, as dated data, and what a piece of usage costs by it. Money is counted in micros,
 * whole millionths of a US dollar: 4.00 USD per million tokens is 4 micros a token.
 */

export const MICROS_PER_USD = 1_000_000;

interface Cost {
  /** The sum of the parts. */
  readonly micros: number;
  readonly usd: number;
  /** Micros. `textIn` and `audioIn` are what was not cached. */
  readonly byModality: Readonly<Record<CostModality, number>>;
}

interface PricedUsage {
  readonly provider: string;
  /** The provider's name of it; a dated snapshot (`…-2026-08-01`) costs what its model costs. */
  readonly model: string;
  readonly usage: Usage;
  /** Unix time in ms. */
  readonly at: number;
}

const DATED = /-\d{4}-\d{2}-\d{2}$/;
/** Rates have up to four decimals, so thousandths of a micro hold them without loss. */
const NANOS_PER_MICRO = 1_000;
const MS_PER_MINUTE = 60_000;

/**
 * Returns the cost of the usage; null when some of it has no price here or cannot be true: an unknown cost is
 * not zero, and callers count it as unknown.
 */
export function costOf(
  { provider, model, usage, at }: PricedUsage,
  prices: readonly Price[] = PRICES,
): Cost | null {
  const rates = priceOf(provider, model, at, prices)?.rates;
  if (!rates || !isBelievable(usage)) return null;
  const quantities = quantitiesOf(usage);
  const byModality = {} as Record<CostModality, number>;
  let micros = 0;
  for (const modality of COST_MODALITIES) {
    const rate = rates[modality];
    if (rate === undefined && quantities[modality] > 0) return null;
    byModality[modality] = microsOf(quantities[modality], rate ?? 0, modality);
    micros += byModality[modality];
  }
  return { micros, usd: micros / MICROS_PER_USD, byModality };
}

export function toMicros(usd: number): number {
  return Math.round(usd * MICROS_PER_USD);
}

function priceOf(provider: string, model: string, at: number, prices: readonly Price[]): Price | undefined {
  const day = new Date(at).toISOString().slice(0, 10);
  const holds = (price: Price): boolean =>
    price.provider === provider && price.from <= day && (price.until === null || day < price.until);
  const known = (name: string): Price | undefined =>
    prices.find((price) => price.model === name && holds(price));
  return known(model) ?? known(model.replace(DATED, ''));
}

/**
 * Tokens, and ms of transcription. Cached tokens are among the input tokens, so they are taken out, not
 * added.
 */
function quantitiesOf(usage: Usage): Record<CostModality, number> {
  const textCached = Math.min(usage.cachedTextTokens, usage.inputTextTokens);
  const audioCached = Math.min(usage.cachedAudioTokens, usage.inputAudioTokens);
  return {
    textIn: usage.inputTextTokens - textCached,
    textCached,
    textOut: usage.outputTextTokens,
    audioIn: usage.inputAudioTokens - audioCached,
    audioCached,
    audioOut: usage.outputAudioTokens,
    transcription: usage.transcriptionMs,
  };
}

function microsOf(quantity: number, rate: number, modality: CostModality): number {
  if (modality === 'transcription') return Math.round((quantity * toMicros(rate)) / MS_PER_MINUTE);
  return Math.round((quantity * Math.round(rate * NANOS_PER_MICRO)) / NANOS_PER_MICRO);
}

/** The cost of a call: the sum over its usage reports, each at the price of its time. */
export interface CallCost {
  readonly micros: number;
  /** Reports of usage that have no price or cannot be believed: with any, the sum is a lower bound. */
  readonly unpriced: number;
  readonly models: readonly {
    readonly provider: string;
    readonly model: string;
    readonly micros: number;
    readonly byModality: Readonly<Record<CostModality, number>>;
  }[];
}
