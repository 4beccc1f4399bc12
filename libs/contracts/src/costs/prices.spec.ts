import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Usage } from './usage.ts';
import { PRICES } from '../models/catalogue.ts';
import { COST_MODALITIES, type Price } from '../models/price.ts';
import { costOf } from './prices.ts';

const at = Date.UTC(2026, 10, 25, 12);
const usage = (change: Partial<Usage> = {}): Usage => ({
  inputTextTokens: 0,
  inputAudioTokens: 0,
  cachedTextTokens: 0,
  cachedAudioTokens: 0,
  outputTextTokens: 0,
  outputAudioTokens: 0,
  transcriptionMs: 0,
  ...change,
});
const cost = (model: string, change: Partial<Usage>, time = at) =>
  costOf({ provider: 'openai-realtime', model, usage: usage(change), at: time });

describe('the cost of a call', () => {
  it('is right to the cent for a long one on gpt-realtime-2.1', () => {
    const told = cost('gpt-realtime-2.1', {
      inputTextTokens: 120_000,
      cachedTextTokens: 100_000,
      inputAudioTokens: 90_000,
      cachedAudioTokens: 64_000,
      outputTextTokens: 5_000,
      outputAudioTokens: 12_000,
    });
    // 20,000 × 4 + 100,000 × 0.40 + 5,000 × 24 + 26,000 × 32 + 64,000 × 0.40 + 12,000 × 64, per million
    expect(told?.byModality).toEqual({
      textIn: 80_000,
      textCached: 40_000,
      textOut: 120_000,
      audioIn: 832_000,
      audioCached: 25_600,
      audioOut: 768_000,
      transcription: 0,
    });
    expect(told?.usd).toBe(1.8656);
  });

  it.each([
    ['gpt-realtime-2.1', 4 + 24 + 32 + 64],
    ['gpt-realtime-2', 4 + 24 + 32 + 64],
    ['gpt-realtime-1.5', 4 + 16 + 32 + 64],
    ['gpt-realtime-2.1-mini', 0.6 + 2.4 + 10 + 20],
  ])('of a million of everything on %s is the sum of its prices', (model, usd) => {
    const million = 1_000_000;
    expect(
      cost(model, {
        inputTextTokens: million,
        outputTextTokens: million,
        inputAudioTokens: million,
        outputAudioTokens: million,
      })?.usd,
    ).toBeCloseTo(usd, 9);
  });

  it(
    'takes cached tokens out of the input instead of adding them: wholly cached input costs a tenth, or ' +
      'less',
    () => {
      const fresh = cost('gpt-realtime-2.1', { inputTextTokens: 10_000, inputAudioTokens: 10_000 });
      const cached = cost('gpt-realtime-2.1', {
        inputTextTokens: 10_000,
        cachedTextTokens: 10_000,
        inputAudioTokens: 10_000,
        cachedAudioTokens: 10_000,
      });
      expect([fresh?.usd, cached?.usd]).toEqual([0.36, 0.008]);
      expect(cached?.byModality).toMatchObject({ textIn: 0, audioIn: 0 });
    },
  );

  it('does not go below zero when a provider reports more cached than read', () => {
    expect(
      cost('gpt-realtime-2.1', { inputAudioTokens: 100, cachedAudioTokens: 5_000 })?.byModality,
    ).toMatchObject({ audioIn: 0, audioCached: 40 });
  });

  it('charges transcription by the minute, at the transcriber’s own rate', () => {
    expect(cost('gpt-live-transcribe', { transcriptionMs: 60_000 })?.usd).toBe(0.017);
    expect(cost('gpt-transcribe', { transcriptionMs: 600_000 })?.usd).toBe(0.045);
    expect(cost('gpt-realtime-whisper', { transcriptionMs: 1_000 })?.micros).toBe(283);
  });

  it('is unknown, never nothing, where there is no price', () => {
    expect(cost('gpt-realtime-9', { inputTextTokens: 1 })).toBeNull();
    expect(costOf({ provider: 'elsewhere', model: 'gpt-realtime-2.1', usage: usage(), at })).toBeNull();
    expect(cost('gpt-transcribe', { inputAudioTokens: 100 })).toBeNull();
    expect(cost('gpt-realtime-2.1', { transcriptionMs: 100 })).toBeNull();
  });

  it('is unknown, too, where the figures cannot be true', () => {
    expect(cost('gpt-realtime-2.1', { inputTextTokens: 9e15 })).toBeNull();
    expect(cost('gpt-realtime-2.1', { outputAudioTokens: 10_000_001 })).toBeNull();
    expect(cost('gpt-transcribe', { transcriptionMs: 86_400_001 })).toBeNull();
    expect(cost('gpt-realtime-2.1', { isUnknown: true })).toBeNull();
    expect(
      Number.isSafeInteger(
        cost('gpt-realtime-2.1', { inputAudioTokens: 10_000_000, outputAudioTokens: 10_000_000 })?.micros,
      ),
    ).toBe(true);
  });

  it('of a dated snapshot is that of its model', () => {
    expect(cost('gpt-realtime-2.1-2026-08-01', { outputAudioTokens: 1_000 })?.usd).toBe(0.064);
  });

  it('is the price of its day', () => {
    const prices: Price[] = [
      {
        provider: 'p',
        model: 'm',
        from: '2026-01-01',
        until: '2026-07-01',
        rates: { textOut: 10 },
        source: '',
      },
      { provider: 'p', model: 'm', from: '2026-07-01', until: null, rates: { textOut: 5 }, source: '' },
    ];
    const on = (day: string) =>
      costOf(
        { provider: 'p', model: 'm', usage: usage({ outputTextTokens: 1_000 }), at: Date.parse(day) },
        prices,
      )?.micros;
    expect([on('2025-12-31T23:59:59Z'), on('2026-06-30T23:59:59Z'), on('2026-07-01T00:00:00Z')]).toEqual([
      undefined,
      10_000,
      5_000,
    ]);
    expect(cost('gpt-realtime', { outputTextTokens: 1 }, Date.UTC(2027, 0, 20))).toBeNull();
  });

  it('is the sum of its parts, whatever was used', () => {
    const count = fc.nat({ max: 5_000_000 });
    const any = fc.record({
      inputTextTokens: count,
      inputAudioTokens: count,
      cachedTextTokens: count,
      cachedAudioTokens: count,
      outputTextTokens: count,
      outputAudioTokens: count,
    });
    fc.assert(
      fc.property(any, (used) => {
        const told = cost('gpt-realtime-2.1-mini', used)!;
        expect(told.micros).toBe(
          COST_MODALITIES.reduce((sum, modality) => sum + told.byModality[modality], 0),
        );
        expect(
          COST_MODALITIES.every(
            (modality) => Number.isInteger(told.byModality[modality]) && told.byModality[modality] >= 0,
          ),
        ).toBe(true);
      }),
    );
  });
});

describe('the price table', () => {
  it('has at most one price for a model on a day, and says where each comes from', () => {
    for (const [index, price] of PRICES.entries()) {
      const rivals = PRICES.filter(
        (other, place) => place !== index && other.provider === price.provider && other.model === price.model,
      );
      expect(
        rivals.filter(
          (other) => (other.until ?? '9999') > price.from && (price.until ?? '9999') > other.from,
        ),
      ).toEqual([]);
      expect(price.source).toMatch(/^https:\/\//);
    }
  });
});
