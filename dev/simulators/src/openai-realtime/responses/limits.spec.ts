import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@tandem/kit';
import { PromptCache, usageObject } from '../conversation/usage.ts';
import { REFUSALS } from '../wire/api-error.ts';
import { CLIENT_AMENDMENTS, SERVER_AMENDMENTS } from '../wire/schema-amendments.ts';
import { clientSchema, publishedSchema } from '../wire/schema.ts';
import { RateLimits } from './rate-limits.ts';

describe('the token budget', () => {
  it('refills over a minute', async () => {
    const clock = new ManualClock();
    const limits = new RateLimits(clock, 6000);
    expect(limits.reserve(6000).isGranted).toBe(true);
    expect(limits.reserve(1500)).toEqual({ isGranted: false, requested: 1500, retryMs: 15_000 });
    expect(limits.report()).toEqual([{ name: 'tokens', limit: 6000, remaining: 0, reset_seconds: 60 }]);
    await clock.pass(15_000);
    expect(limits.reserve(1500).isGranted).toBe(true);
  });

  it('returns unused reservations, and charges nothing for refused ones', () => {
    const limits = new RateLimits(new ManualClock(), 6000);
    const reservation = limits.reserve(5000);
    limits.settle(reservation, 200);
    expect(limits.remaining).toBe(5800);
    limits.settle(limits.reserve(9000), 0);
    expect(limits.remaining).toBe(5800);
  });
});

describe('the prompt cache', () => {
  it('counts whole blocks of input read before', () => {
    const cache = new PromptCache();
    expect(cache.cachedFor('i', [], { text: 200, audio: 100 })).toEqual({ text: 0, audio: 0 });
    expect(cache.cachedFor('i', [], { text: 260, audio: 90 })).toEqual({ text: 192, audio: 64 });
    expect(cache.cachedFor('j', [], { text: 300, audio: 90 })).toEqual({ text: 0, audio: 0 });
  });

  it('is a part of input', () => {
    expect(usageObject({ text: 10, audio: 5 }, { text: 8, audio: 4 }, { text: 1, audio: 2 })).toMatchObject({
      total_tokens: 18,
      input_tokens: 15,
      input_token_details: { cached_tokens: 12, cached_tokens_details: { text_tokens: 8, audio_tokens: 4 } },
    });
  });
});

describe('the published schema', () => {
  it('is used as published but for the amendments', () => {
    expect(publishedSchema().$defs).toHaveProperty('RealtimeClientEvent');
    expect(JSON.stringify(publishedSchema())).not.toContain('item_reference');
    expect(JSON.stringify(clientSchema())).toContain('item_reference');
    expect([CLIENT_AMENDMENTS.length, SERVER_AMENDMENTS.length]).toEqual([5, 10]);
  });
});

describe('the documentation', () => {
  const readme = readFileSync(new URL('../../../src/openai-realtime/README.md', import.meta.url), 'utf8');

  it.each(Object.entries(REFUSALS))('lists %s as %s', (code, provenance) => {
    expect(readme).toMatch(new RegExp(`\\| \`${code}\` \\| ${provenance} \\|`));
  });
});
