import { afterEach, describe, expect, it } from '@jest/globals';
import type { ResponseRequest } from '../behaviours/behaviour.ts';
import { tone } from '../behaviours/tone.ts';
import { deltaBytes, SessionBench, userText, type BenchOptions } from '../testing/session-bench.ts';
import { asObject, at, type JsonObject } from '../wire/json.ts';

let bench: SessionBench;

function open(options: BenchOptions = {}): SessionBench {
  return (bench = new SessionBench(options));
}

afterEach(() => expect(bench.misfits).toEqual([]));

function respond(params: JsonObject = {}): void {
  bench.send({ type: 'response.create', response: params });
}

function done(): JsonObject {
  return asObject(bench.last('response.done')['response']);
}

describe('limits', () => {
  it('ends a response at its output tokens', async () => {
    open({ behaviour: tone({ toneMs: 10_000 }) });
    respond({ max_output_tokens: 50 });
    await bench.advance(10_000);
    expect(done()).toMatchObject({
      status: 'incomplete',
      status_details: { type: 'incomplete', reason: 'max_output_tokens' },
      max_output_tokens: 50,
    });
    expect(deltaBytes(bench.sent).length / 48).toBeLessThan(3000);
  });

  it('fails a response above the token budget and says when to retry', async () => {
    open({ tokensPerMinute: 6000, behaviour: tone({ toneMs: 1000 }) });
    respond();
    await bench.advance(3000);
    expect(done()).toMatchObject({ status: 'completed' });
    respond({ max_output_tokens: 4096 });
    respond({ conversation: 'none', max_output_tokens: 4096 });
    expect(done()).toMatchObject({
      status: 'failed',
      status_details: { type: 'failed', error: { type: 'tokens', code: 'rate_limit_exceeded' } },
      output: [],
    });
    expect(String(at(done(), 'status_details.error.message'))).toMatch(
      /Limit 6000, Used \d+, Requested \d+\. Please try again in \d+ms\.$/,
    );
  });

  it('reports the remaining budget at the start, the reservation included', async () => {
    open();
    respond({ max_output_tokens: 1000 });
    const [limit] = bench.last('rate_limits.updated')['rate_limits'] as JsonObject[];
    expect(limit).toMatchObject({ name: 'tokens', limit: 15_000_000 });
    const before = Number(limit?.['remaining']);
    expect(before).toBeLessThan(15_000_000 - 1000);
    await bench.advance(5000);
    respond({ conversation: 'none', max_output_tokens: 1 });
    const [later] = bench.last('rate_limits.updated')['rate_limits'] as JsonObject[];
    expect(Number(later?.['remaining'])).toBeGreaterThan(before);
  });

  it('reports the limits after the end instead, as recordings show, when asked to', async () => {
    open({ rateLimitsAt: 'after-done' });
    respond();
    await bench.advance(5000);
    expect(bench.types().at(-1)).toBe('rate_limits.updated');
    expect(bench.of('rate_limits.updated')).toHaveLength(1);
  });

  const REFUSED: [string, JsonObject, string, string | null][] = [
    [
      'both modalities',
      { output_modalities: ['text', 'audio'] },
      'invalid_value',
      'response.output_modalities',
    ],
    ['too many tokens', { max_output_tokens: 9000 }, 'integer_above_max_value', 'response.max_output_tokens'],
    ['a conversation by name', { conversation: 'conv_1' }, 'invalid_value', 'response.conversation'],
    [
      'a reference to no item',
      { input: [{ type: 'item_reference', id: 'item_0' }] },
      'invalid_value',
      'response.input[0].id',
    ],
    [
      '17 pairs of metadata',
      { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v'])) },
      'invalid_value',
      'response.metadata',
    ],
    [
      'a metadata key above 64 characters',
      { metadata: { ['k'.repeat(65)]: 'v' } },
      'string_above_max_length',
      'response.metadata',
    ],
    [
      'a metadata value above 512 characters',
      { metadata: { k: 'v'.repeat(513) } },
      'string_above_max_length',
      'response.metadata.k',
    ],
  ];

  it.each(REFUSED)('refuses %s', (_, params, code, param) => {
    open();
    respond(params);
    expect(bench.lastError).toMatchObject({ code, param });
    expect(bench.of('response.created')).toEqual([]);
  });

  it('refuses another voice for one response once the voice is fixed', async () => {
    open();
    respond();
    await bench.advance(5000);
    respond({ audio: { output: { voice: 'cedar' } } });
    expect(bench.lastError).toMatchObject({ code: 'cannot_update_voice' });
  });
});

describe('usage', () => {
  it('counts input and output, and cached tokens as a part of input', async () => {
    open({ behaviour: tone({ toneMs: 1000 }) });
    bench.update({ instructions: 'x'.repeat(800), audio: { input: { turn_detection: null } } });
    bench.speak(2000);
    bench.send({ type: 'input_audio_buffer.commit' });
    respond();
    await bench.advance(3000);
    expect(done()['usage']).toEqual({
      total_tokens: 241,
      input_tokens: 220,
      output_tokens: 21,
      input_token_details: {
        text_tokens: 200,
        audio_tokens: 20,
        image_tokens: 0,
        cached_tokens: 0,
        cached_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
      },
      output_token_details: { text_tokens: 1, audio_tokens: 20 },
    });
    respond();
    await bench.advance(3000);
    const usage = asObject(done()['usage']);
    expect(usage).toMatchObject({
      input_tokens: 241,
      input_token_details: {
        text_tokens: 201,
        audio_tokens: 40,
        cached_tokens: 192,
        cached_tokens_details: { text_tokens: 192 },
      },
    });
    expect(Number(at(usage, 'input_token_details.cached_tokens'))).toBeLessThan(
      Number(usage['input_tokens']),
    );
  });

  it('caches nothing after the instructions have changed', async () => {
    open();
    bench.update({ instructions: 'x'.repeat(800) });
    respond();
    await bench.advance(5000);
    bench.update({ instructions: 'y'.repeat(800) });
    respond();
    await bench.advance(5000);
    expect(at(done(), 'usage.input_token_details.cached_tokens')).toBe(0);
  });
});

describe('the request to a behaviour', () => {
  const asked: ResponseRequest[] = [];
  const curious = {
    behaviour: {
      name: 'curious',
      needsAudio: false,
      open: () => ({
        respond: (request: ResponseRequest) => (asked.push(request), { steps: [{ say: 'Yes.' }] }),
      }),
    },
  };

  it('holds the context, the tools and the instructions in force', async () => {
    asked.length = 0;
    open({ ...curious, callerLines: ['What now?'] });
    bench.update({ instructions: 'From the session.', tools: [{ type: 'function', name: 'a' }] });
    bench.send({ type: 'conversation.item.create', item: userText('seeded', 'seed') });
    bench.speak(300);
    bench.silence(500);
    await bench.advance(5000);
    respond({
      instructions: 'For this one.',
      input: [{ type: 'item_reference', id: 'seed' }, userText('only this')],
      conversation: 'none',
      tool_choice: 'none',
    });
    await bench.advance(5000);
    expect(asked[0]).toMatchObject({
      cause: 'turn',
      index: 1,
      isOutOfBand: false,
      instructions: 'From the session.',
      ownInstructions: null,
      tools: [{ name: 'a' }],
    });
    expect(asked[0]?.context.map((item) => item.wire['type'])).toEqual(['message', 'message']);
    expect(asked[0]?.utterances).toMatchObject([{ index: 0, text: 'What now?' }]);
    expect(asked[1]).toMatchObject({
      cause: 'client',
      index: 2,
      isOutOfBand: true,
      instructions: 'For this one.',
      ownInstructions: 'For this one.',
      tools: [],
    });
    expect(asked[1]?.context).toMatchObject([{ id: 'seed' }, { wire: { content: [{ text: 'only this' }] } }]);
  });

  it('fails the response when the behaviour throws', async () => {
    open({
      behaviour: {
        name: 'broken',
        needsAudio: false,
        open: () => ({
          respond: () => {
            throw new Error('no idea');
          },
        }),
      },
    });
    respond();
    await bench.advance(1000);
    expect(done()).toMatchObject({
      status: 'failed',
      status_details: { type: 'failed', error: { type: 'server_error' } },
    });
    expect(bench.brokenPlans).toEqual(['Error: no idea']);
  });

  it('may be slow, and a cancel meanwhile wins', async () => {
    let answer: (plan: { steps: [] }) => void = () => undefined;
    open({
      behaviour: {
        name: 'slow',
        needsAudio: false,
        open: () => ({ respond: () => new Promise((resolve) => (answer = resolve)) }),
      },
    });
    respond();
    await bench.advance(5000);
    bench.send({ type: 'response.cancel' });
    answer({ steps: [] });
    await bench.advance(5000);
    expect(bench.of('response.done')).toHaveLength(1);
    expect(done()).toMatchObject({ status: 'cancelled' });
  });
});
