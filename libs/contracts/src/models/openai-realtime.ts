import { z } from 'zod';
import type { ModelKind } from './model-kind.ts';
import type { Price, Rates } from './price.ts';

export const openAiRealtimeSchema = z.object({
  kind: z.literal('openai-realtime'),
  /** Empty means the model of the deployment's configuration. */
  model: z.string().max(100).default(''),
  voice: z.string().max(100).default('marin'),
  /** 0.25 to 1.5, changeable between turns. */
  speed: z.number().min(0.25).max(1.5).default(1),
  transcriptionModel: z.string().max(100).default('gpt-live-transcribe'),
  noiseReduction: z.enum(['near_field', 'far_field', 'off']).default('near_field'),
});

const page = (model: string): string => `https://developers.openai.com/api/docs/models/${model}`;
const openai = (model: string, rates: Rates, until: string | null = null): Price => ({
  provider: 'openai-realtime',
  model,
  from: '2026-01-01',
  until,
  rates,
  source: page(model),
});

const FULL: Rates = { textIn: 4, textCached: 0.4, textOut: 24, audioIn: 32, audioCached: 0.4, audioOut: 64 };
const EARLIER: Rates = { ...FULL, textOut: 16 };
const MINI: Rates = {
  textIn: 0.6,
  textCached: 0.06,
  textOut: 2.4,
  audioIn: 10,
  audioCached: 0.3,
  audioOut: 20,
};

/**
 * The vendor's public prices as looked up in November 2026; they have held since these models came out. A
 * change is a new row with its first day, and the old row's `until`; rows are never edited, so that calls of
 * the past keep their cost. `until` of a model that is going is its last day on the vendor's list of
 * deprecations.
 */
const PRICES: readonly Price[] = [
  openai('gpt-realtime-2.1', FULL),
  openai('gpt-realtime-2', FULL),
  openai('gpt-realtime-1.5', EARLIER),
  openai('gpt-realtime-2.1-mini', MINI),
  openai('gpt-realtime', EARLIER, '2027-01-20'),
  openai('gpt-realtime-mini', MINI, '2027-01-20'),
  openai('gpt-live-transcribe', { transcription: 0.017 }),
  openai('gpt-realtime-whisper', { transcription: 0.017 }),
  openai('gpt-transcribe', { transcription: 0.0045 }),
  openai('whisper-1', { transcription: 0.006 }, '2027-02-26'),
];

export const openAiRealtime: ModelKind<z.infer<typeof openAiRealtimeSchema>> = {
  sessionSettings: ({ voice, transcriptionModel, noiseReduction, speed }) => ({
    voice,
    transcriptionModel,
    noiseReduction,
    speed,
  }),
  remoteModel: ({ model }) => model,
  runsTools: true,
  prices: PRICES,
};
