import { afterEach, describe, expect, it } from '@jest/globals';
import type { ResponseRequest } from './behaviours/behaviour.ts';
import { scripted } from './behaviours/scripted.ts';
import { tone } from './behaviours/tone.ts';
import { asObject, at, type JsonObject } from './json.ts';
import { deltaBytes, SessionBench, userText, type BenchOptions } from './testing/session-bench.ts';
import { speakTones } from './voice.ts';

let bench: SessionBench;

function open(options: BenchOptions = {}): SessionBench {
  return (bench = new SessionBench(options));
}

afterEach(() => expect(bench.misfits).toEqual([]));

function say(...texts: string[]): BenchOptions {
  return { behaviour: scripted({ turns: texts.map((text) => ({ say: text })) }) };
}

function respond(params: JsonObject = {}): void {
  bench.send({ type: 'response.create', response: params });
}

function done(): JsonObject {
  return asObject(bench.last('response.done')['response']);
}

/** Drops repetitions, so that a sequence of events reads without its deltas' number. */
function steps(types: readonly string[]): string[] {
  return types.filter((type, index) => !(type.endsWith('.delta') && types.slice(0, index).includes(type)));
}

describe('a spoken response', () => {
  it('comes in the order the API sends it', async () => {
    open(say('Good morning.'));
    respond();
    await bench.advance(5000);
    expect(steps(bench.types().slice(1))).toEqual([
      'response.created',
      'rate_limits.updated',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
    ]);
  });

  it('begins in progress and empty, and ends completed with its item and its usage', async () => {
    open(say('Good morning.'));
    respond({ metadata: { topic: 'greeting' } });
    expect(bench.last('response.created')).toMatchObject({
      response: { object: 'realtime.response', status: 'in_progress', status_details: null, output: [], usage: null, metadata: { topic: 'greeting' } },
    });
    await bench.advance(5000);
    const item = { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_audio', transcript: 'Good morning.' }] };
    expect(done()).toMatchObject({
      id: at(bench.last('response.created'), 'response.id'),
      status: 'completed',
      status_details: null,
      output: [item],
      output_modalities: ['audio'],
      max_output_tokens: 'inf',
      audio: { output: { format: { type: 'audio/pcm', rate: 24000 }, voice: 'alloy' } },
      metadata: { topic: 'greeting' },
    });
    expect(bench.last('conversation.item.added')).toMatchObject({ item: { status: 'in_progress', content: [] } });
    expect(bench.last('conversation.item.done')).toMatchObject({ item });
  });

  it.each([
    ['audio/pcm', 24000, 48],
    ['audio/pcmu', undefined, 8],
    ['audio/pcma', undefined, 8],
  ])('is heard in %s', async (type, rate, bytesPerMs) => {
    open(say('A few words.'));
    bench.update({ audio: { output: { format: rate === undefined ? { type } : { type, rate } } } });
    respond();
    await bench.advance(5000);
    const encoding = type === 'audio/pcm' ? 'pcm16' : type === 'audio/pcmu' ? 'pcmu' : 'pcma';
    const spoken = Buffer.from(speakTones('A few words.', { encoding, rateHz: rate ?? 8000 }));
    expect(deltaBytes(bench.sent)).toEqual(spoken);
    expect(spoken.length).toBe('A few words.'.length * 60 * bytesPerMs);
  });

  it('can be compared byte for byte with what was sent', async () => {
    open(say('First.', 'Second.'));
    for (let turn = 0; turn < 2; turn++) {
      respond();
      await bench.advance(5000);
    }
    const { recording } = bench.session;
    expect(recording.sent).toEqual(deltaBytes(bench.sent));
    const second = String(asObject(bench.last('response.output_item.done')['item'])['id']);
    expect(recording.sentFor(second)).toEqual(deltaBytes(bench.sent.filter((event) => event['item_id'] === second)));
  });

  it('waits for its first byte and then runs at its rate', async () => {
    open({ behaviour: tone({ toneMs: 2000 }), pace: { firstByteMs: 300, deltaMs: 100, audioRate: 4 } });
    respond();
    await bench.advance(299);
    expect(bench.of('response.output_item.added')).toEqual([]);
    await bench.advance(1);
    expect(bench.of('response.output_audio.delta')).toHaveLength(1);
    await bench.advance(24);
    expect(bench.of('response.output_audio.delta')).toHaveLength(1);
    await bench.advance(1);
    expect(bench.of('response.output_audio.delta')).toHaveLength(2);
    await bench.advance(18 * 25);
    expect(bench.of('response.output_audio.delta')).toHaveLength(20);
    expect(bench.of('response.done')).toHaveLength(0);
    await bench.advance(25);
    expect(bench.of('response.done')).toHaveLength(1);
  });

  it('says its words no later than their sound', async () => {
    open(say('one two three four five six seven eight nine ten'));
    respond();
    await bench.advance(300 + 5 * 40);
    const heardMs = deltaBytes(bench.sent).length / 48;
    const words = bench.of('response.output_audio_transcript.delta').map((event) => event['delta']).join('');
    expect(words.length * 60).toBeGreaterThanOrEqual(heardMs);
    expect(words.length).toBeLessThan(48);
  });

  it('is written in the text modality', async () => {
    open(say('Only words.'));
    respond({ output_modalities: ['text'] });
    await bench.advance(5000);
    expect(steps(bench.types().slice(3))).toEqual([
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(bench.of('response.output_text.delta').map((event) => event['delta'])).toEqual(['Only ', 'words.']);
    expect(done()).toMatchObject({ output: [{ content: [{ type: 'output_text', text: 'Only words.' }] }], usage: { output_token_details: { audio_tokens: 0, text_tokens: 3 } } });
  });
});

describe('a tool call', () => {
  const CALLING = {
    behaviour: scripted({
      turns: [{ say: 'One moment.', call: { name: 'check_availability', arguments: { date: '2026-12-01', service: 'haircut' } }, then: { say: 'Free at {{result.slots.0}}.' } }],
    }),
  };

  it('streams its arguments and then says them whole', async () => {
    open(CALLING);
    respond();
    await bench.advance(5000);
    const call = asObject(bench.last('response.output_item.done')['item']);
    expect(call).toMatchObject({ type: 'function_call', status: 'completed', name: 'check_availability', arguments: '{"date":"2026-12-01","service":"haircut"}' });
    const deltas = bench.of('response.function_call_arguments.delta');
    expect(deltas.map((event) => event['delta']).join('')).toBe(call['arguments']);
    expect(deltas.every((event) => event['call_id'] === call['call_id'] && event['output_index'] === 1)).toBe(true);
    expect(bench.last('response.function_call_arguments.done')).toMatchObject({ call_id: call['call_id'], name: 'check_availability', arguments: call['arguments'], item_id: call['id'] });
    expect(done()['output']).toMatchObject([{ type: 'message' }, { type: 'function_call' }]);
  });

  it('is answered with an output and another response', async () => {
    open(CALLING);
    respond();
    await bench.advance(5000);
    const callId = asObject(bench.last('response.output_item.done')['item'])['call_id'];
    bench.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: callId, output: '{"result":{"slots":["10:30"]}}' } });
    respond();
    await bench.advance(5000);
    expect(bench.errors).toEqual([]);
    expect(bench.last('response.output_audio_transcript.done')['transcript']).toBe('Free at 10:30.');
  });
});

describe('one response at a time', () => {
  it('refuses a second one in the default conversation by name', async () => {
    open(say('A long first answer.', 'Second.'));
    respond();
    await bench.advance(350);
    bench.send({ type: 'response.create', event_id: 'second' });
    const id = String(at(bench.last('response.created'), 'response.id'));
    expect(bench.lastError).toMatchObject({
      code: 'conversation_already_has_active_response',
      message: `Conversation already has an active response in progress: ${id}. Wait until the response is finished before creating a new one.`,
      event_id: 'second',
    });
    await bench.advance(5000);
    expect(bench.of('response.done')).toHaveLength(1);
    respond();
    await bench.advance(5000);
    expect(bench.of('response.done')).toHaveLength(2);
  });

  it('runs others beside it that leave the conversation as it is', async () => {
    open(say('Spoken aside.', 'In the conversation.'));
    respond({ conversation: 'none', metadata: { aside: 'yes' } });
    respond();
    await bench.advance(5000);
    expect(bench.errors).toEqual([]);
    const responses = bench.of('response.done').map((event) => asObject(event['response']));
    expect(responses).toHaveLength(2);
    const aside = responses.find((response) => response['conversation_id'] === null);
    expect(aside).toMatchObject({ metadata: { aside: 'yes' }, output: [{ content: [{ transcript: 'Spoken aside.' }] }] });
    expect(bench.session.conversation.items).toHaveLength(1);
    expect(bench.of('conversation.item.added')).toHaveLength(1);
  });
});

describe('cancelling', () => {
  it('ends the answer at once with exactly what was sent', async () => {
    open(say('one two three four five six seven eight'));
    respond();
    await bench.advance(300 + 2 * 40);
    bench.send({ type: 'response.cancel' });
    const said = bench.of('response.output_audio_transcript.delta').map((event) => event['delta']).join('');
    expect(said).not.toBe('');
    expect(bench.last('response.output_audio_transcript.done')['transcript']).toBe(said);
    expect(bench.last('response.content_part.done')).toMatchObject({ part: { type: 'audio', transcript: said } });
    expect(done()).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'client_cancelled' },
      output: [{ status: 'incomplete', content: [{ type: 'output_audio', transcript: said }] }],
      usage: { output_token_details: { audio_tokens: 12, text_tokens: Math.ceil(said.length / 4) } },
    });
    const sent = bench.sent.length;
    await bench.advance(10_000);
    expect(bench.sent).toHaveLength(sent);
  });

  it('before the first byte leaves no item and no bill for output', async () => {
    open();
    respond();
    await bench.advance(100);
    bench.send({ type: 'response.cancel' });
    expect(done()).toMatchObject({ status: 'cancelled', output: [], usage: { output_tokens: 0 } });
    expect(bench.session.conversation.items).toEqual([]);
  });

  it('in the middle of a call sends no arguments as if they were whole', async () => {
    open({ behaviour: scripted({ turns: [{ call: { name: 'f', arguments: { text: 'x'.repeat(200) } } }] }) });
    respond();
    await bench.advance(320);
    bench.send({ type: 'response.cancel' });
    expect(bench.of('response.function_call_arguments.done')).toEqual([]);
    expect(done()).toMatchObject({ output: [{ type: 'function_call', status: 'incomplete' }] });
  });

  it('by name reaches a response outside the conversation', async () => {
    open(say('aside'));
    respond({ conversation: 'none' });
    const id = at(bench.last('response.created'), 'response.id');
    bench.send({ type: 'response.cancel', response_id: id });
    expect(done()).toMatchObject({ id, status: 'cancelled' });
  });

  it('is refused, and harmless, when nothing runs', async () => {
    open();
    bench.send({ type: 'response.cancel', event_id: 'e' });
    expect(bench.lastError).toEqual({ type: 'invalid_request_error', code: 'response_cancel_not_active', message: 'Cancellation failed: no active response found', param: null, event_id: 'e' });
    respond();
    bench.send({ type: 'response.cancel', response_id: 'resp_unknown' });
    expect(bench.lastError).toMatchObject({ code: 'response_cancel_not_active' });
    await bench.advance(5000);
    expect(done()).toMatchObject({ status: 'completed' });
  });
});

describe('limits', () => {
  it('ends a response at its output tokens', async () => {
    open({ behaviour: tone({ toneMs: 10_000 }) });
    respond({ max_output_tokens: 50 });
    await bench.advance(10_000);
    expect(done()).toMatchObject({ status: 'incomplete', status_details: { type: 'incomplete', reason: 'max_output_tokens' }, max_output_tokens: 50 });
    expect(deltaBytes(bench.sent).length / 48).toBeLessThan(3000);
  });

  it('fails a response above the token budget and says when to come back', async () => {
    open({ tokensPerMinute: 6000, behaviour: tone({ toneMs: 1000 }) });
    respond();
    await bench.advance(3000);
    expect(done()).toMatchObject({ status: 'completed' });
    respond({ max_output_tokens: 4096 });
    respond({ conversation: 'none', max_output_tokens: 4096 });
    expect(done()).toMatchObject({ status: 'failed', status_details: { type: 'failed', error: { type: 'tokens', code: 'rate_limit_exceeded' } }, output: [] });
    expect(String(at(done(), 'status_details.error.message'))).toMatch(/Limit 6000, Used \d+, Requested \d+\. Please try again in \d+ms\.$/);
  });

  it('reports what is left at the start, the reservation included', async () => {
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
    ['both modalities', { output_modalities: ['text', 'audio'] }, 'invalid_value', 'response.output_modalities'],
    ['too many tokens', { max_output_tokens: 9000 }, 'integer_above_max_value', 'response.max_output_tokens'],
    ['a conversation by name', { conversation: 'conv_1' }, 'invalid_value', 'response.conversation'],
    ['a reference to no item', { input: [{ type: 'item_reference', id: 'item_0' }] }, 'invalid_value', 'response.input[0].id'],
    ['17 pairs of metadata', { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v'])) }, 'invalid_value', 'response.metadata'],
    ['a metadata key above 64 characters', { metadata: { ['k'.repeat(65)]: 'v' } }, 'string_above_max_length', 'response.metadata'],
    ['a metadata value above 512 characters', { metadata: { k: 'v'.repeat(513) } }, 'string_above_max_length', 'response.metadata.k'],
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
  it('counts what was read and said, and cached tokens as a part of input', async () => {
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
    expect(usage).toMatchObject({ input_tokens: 241, input_token_details: { text_tokens: 201, audio_tokens: 40, cached_tokens: 192, cached_tokens_details: { text_tokens: 192 } } });
    expect(Number(at(usage, 'input_token_details.cached_tokens'))).toBeLessThan(Number(usage['input_tokens']));
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

describe('what a behaviour is asked', () => {
  const asked: ResponseRequest[] = [];
  const curious = { behaviour: { name: 'curious', needsAudio: false, open: () => ({ respond: (request: ResponseRequest) => (asked.push(request), { steps: [{ say: 'Yes.' }] }) }) } };

  it('holds the context, the tools and the instructions in force', async () => {
    asked.length = 0;
    open({ ...curious, callerLines: ['What now?'] });
    bench.update({ instructions: 'From the session.', tools: [{ type: 'function', name: 'a' }] });
    bench.send({ type: 'conversation.item.create', item: userText('seeded', 'seed') });
    bench.speak(300);
    bench.silence(500);
    await bench.advance(5000);
    respond({ instructions: 'For this one.', input: [{ type: 'item_reference', id: 'seed' }, userText('only this')], conversation: 'none', tool_choice: 'none' });
    await bench.advance(5000);
    expect(asked[0]).toMatchObject({ cause: 'turn', index: 1, isOutOfBand: false, instructions: 'From the session.', ownInstructions: null, tools: [{ name: 'a' }] });
    expect(asked[0]?.context.map((item) => item.wire['type'])).toEqual(['message', 'message']);
    expect(asked[0]?.utterances).toMatchObject([{ index: 0, text: 'What now?' }]);
    expect(asked[1]).toMatchObject({ cause: 'client', index: 2, isOutOfBand: true, instructions: 'For this one.', ownInstructions: 'For this one.', tools: [] });
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
    expect(done()).toMatchObject({ status: 'failed', status_details: { type: 'failed', error: { type: 'server_error' } } });
    expect(bench.brokenPlans).toEqual(['Error: no idea']);
  });

  it('may take its time, and a cancel meanwhile wins', async () => {
    let answer: (plan: { steps: [] }) => void = () => undefined;
    open({ behaviour: { name: 'slow', needsAudio: false, open: () => ({ respond: () => new Promise((resolve) => (answer = resolve)) }) } });
    respond();
    await bench.advance(5000);
    bench.send({ type: 'response.cancel' });
    answer({ steps: [] });
    await bench.advance(5000);
    expect(bench.of('response.done')).toHaveLength(1);
    expect(done()).toMatchObject({ status: 'cancelled' });
  });
});
