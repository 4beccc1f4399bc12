import { afterEach, describe, expect, it } from '@jest/globals';
import { speakTones } from '../audio/voice.ts';
import { scripted } from '../behaviours/scripted.ts';
import { tone } from '../behaviours/tone.ts';
import { deltaBytes, SessionBench, type BenchOptions } from '../testing/session-bench.ts';
import { asObject, at, type JsonObject } from '../wire/json.ts';

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
      response: {
        object: 'realtime.response',
        status: 'in_progress',
        status_details: null,
        output: [],
        usage: null,
        metadata: { topic: 'greeting' },
      },
    });
    await bench.advance(5000);
    const item = {
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_audio', transcript: 'Good morning.' }],
    };
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
    expect(bench.last('conversation.item.added')).toMatchObject({
      item: { status: 'in_progress', content: [] },
    });
    expect(bench.last('conversation.item.done')).toMatchObject({ item });
  });

  it.each([
    ['audio/pcm', 24000, 48],
    ['audio/pcmu', undefined, 8],
    ['audio/pcma', undefined, 8],
  ])('is audible in %s', async (type, rate, bytesPerMs) => {
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
    expect(recording.sentFor(second)).toEqual(
      deltaBytes(bench.sent.filter((event) => event['item_id'] === second)),
    );
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
    const words = bench
      .of('response.output_audio_transcript.delta')
      .map((event) => event['delta'])
      .join('');
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
    expect(bench.of('response.output_text.delta').map((event) => event['delta'])).toEqual([
      'Only ',
      'words.',
    ]);
    expect(done()).toMatchObject({
      output: [{ content: [{ type: 'output_text', text: 'Only words.' }] }],
      usage: { output_token_details: { audio_tokens: 0, text_tokens: 3 } },
    });
  });
});

describe('a tool call', () => {
  const CALLING = {
    behaviour: scripted({
      turns: [
        {
          say: 'One moment.',
          call: { name: 'check_availability', arguments: { date: '2026-12-01', service: 'haircut' } },
          then: { say: 'Free at {{result.slots.0}}.' },
        },
      ],
    }),
  };

  it('streams its arguments and then sends them whole', async () => {
    open(CALLING);
    respond();
    await bench.advance(5000);
    const call = asObject(bench.last('response.output_item.done')['item']);
    expect(call).toMatchObject({
      type: 'function_call',
      status: 'completed',
      name: 'check_availability',
      arguments: '{"date":"2026-12-01","service":"haircut"}',
    });
    const deltas = bench.of('response.function_call_arguments.delta');
    expect(deltas.map((event) => event['delta']).join('')).toBe(call['arguments']);
    expect(deltas.every((event) => event['call_id'] === call['call_id'] && event['output_index'] === 1)).toBe(
      true,
    );
    expect(bench.last('response.function_call_arguments.done')).toMatchObject({
      call_id: call['call_id'],
      name: 'check_availability',
      arguments: call['arguments'],
      item_id: call['id'],
    });
    expect(done()['output']).toMatchObject([{ type: 'message' }, { type: 'function_call' }]);
  });

  it('is answered with an output and another response', async () => {
    open(CALLING);
    respond();
    await bench.advance(5000);
    const callId = asObject(bench.last('response.output_item.done')['item'])['call_id'];
    bench.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: callId, output: '{"result":{"slots":["10:30"]}}' },
    });
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
      message:
        `Conversation already has an active response in progress: ${id}. Wait until the response is ` +
        'finished before creating a new one.',
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
    expect(aside).toMatchObject({
      metadata: { aside: 'yes' },
      output: [{ content: [{ transcript: 'Spoken aside.' }] }],
    });
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
    const said = bench
      .of('response.output_audio_transcript.delta')
      .map((event) => event['delta'])
      .join('');
    expect(said).not.toBe('');
    expect(bench.last('response.output_audio_transcript.done')['transcript']).toBe(said);
    expect(bench.last('response.content_part.done')).toMatchObject({
      part: { type: 'audio', transcript: said },
    });
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

  it('by name reaches a response outside the conversation', () => {
    open(say('aside'));
    respond({ conversation: 'none' });
    const id = at(bench.last('response.created'), 'response.id');
    bench.send({ type: 'response.cancel', response_id: id });
    expect(done()).toMatchObject({ id, status: 'cancelled' });
  });

  it('is refused, and harmless, when nothing runs', async () => {
    open();
    bench.send({ type: 'response.cancel', event_id: 'e' });
    expect(bench.lastError).toEqual({
      type: 'invalid_request_error',
      code: 'response_cancel_not_active',
      message: 'Cancellation failed: no active response found',
      param: null,
      event_id: 'e',
    });
    respond();
    bench.send({ type: 'response.cancel', response_id: 'resp_unknown' });
    expect(bench.lastError).toMatchObject({ code: 'response_cancel_not_active' });
    await bench.advance(5000);
    expect(done()).toMatchObject({ status: 'completed' });
  });
});
