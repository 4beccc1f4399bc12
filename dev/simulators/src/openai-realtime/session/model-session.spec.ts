import { afterEach, describe, expect, it } from '@jest/globals';
import { tone } from '../behaviours/tone.ts';
import { SessionBench, type BenchOptions } from '../testing/session-bench.ts';
import { serverEventFault } from '../wire/event-checks.ts';
import { asObject, at, type JsonObject } from '../wire/json.ts';

let bench: SessionBench;

function open(options: BenchOptions = {}): SessionBench {
  return (bench = new SessionBench(options));
}

afterEach(() => expect(bench.misfits).toEqual([]));

function config(): JsonObject {
  return asObject(bench.last('session.updated')['session']);
}

/** A response that has spoken, so that the voice is fixed. */
async function speakOnce(): Promise<void> {
  bench.send({ type: 'response.create' });
  await bench.advance(10_000);
  expect(bench.last('response.done')).toMatchObject({ response: { status: 'completed' } });
}

describe('a session', () => {
  it('opens with its defaults and nothing else', () => {
    open();
    expect(bench.types()).toEqual(['session.created']);
    expect(bench.sent[0]).toMatchObject({
      session: {
        type: 'realtime',
        object: 'realtime.session',
        model: 'gpt-realtime-2.1',
        output_modalities: ['audio'],
        tools: [],
        tool_choice: 'auto',
        max_output_tokens: 'inf',
        audio: {
          input: {
            format: { type: 'audio/pcm', rate: 24000 },
            transcription: null,
            noise_reduction: null,
            turn_detection: {
              type: 'server_vad',
              threshold: 0.5,
              prefix_padding_ms: 300,
              silence_duration_ms: 500,
              create_response: true,
              interrupt_response: true,
            },
          },
          output: { format: { type: 'audio/pcm', rate: 24000 }, voice: 'alloy', speed: 1 },
        },
      },
    });
    expect(at(bench.sent[0], 'session.expires_at')).toBe(
      Math.floor((bench.clock.wallTime() + 3_600_000) / 1000),
    );
  });

  it('leaves the nulls out that the published schema does not allow, when asked to', () => {
    open({ nulls: 'schema' });
    bench.update({ audio: { input: { noise_reduction: null, transcription: null } } });
    bench.send({ type: 'response.create', response: { conversation: 'none' } });
    for (const event of bench.sent) expect(serverEventFault(event, 'schema')).toBeNull();
    expect(at(bench.sent[0], 'session.audio.input')).not.toHaveProperty('transcription');
    expect(bench.sent.map((event) => serverEventFault(event, 'observed'))).toEqual(
      bench.sent.map(() => null),
    );
  });

  it('sends nulls by default that the published schema alone would refuse', () => {
    open();
    expect(serverEventFault(bench.sent[0] as never, 'schema')).toContain('session.created');
  });

  it('says it has expired and goes away at its cap', async () => {
    open({ maxSessionMs: 3_600_000 });
    await bench.advance(3_599_999);
    expect(bench.closes).toEqual([]);
    await bench.advance(1);
    expect(bench.lastError).toEqual({
      type: 'invalid_request_error',
      code: 'session_expired',
      message: 'Your session hit the maximum duration of 60 minutes.',
      param: null,
      event_id: null,
    });
    expect(bench.closes).toEqual([
      { code: 1001, reason: 'Your session hit the maximum duration of 60 minutes.' },
    ]);
  });

  it('leaves no timer behind when it closes in the middle of everything', async () => {
    open();
    bench.turnDetection({ type: 'server_vad', idle_timeout_ms: 5000 });
    bench.update({ audio: { input: { transcription: { model: 'gpt-transcribe' } } } });
    bench.speak(300);
    bench.silence(600);
    await bench.advance(350);
    expect(bench.clock.pendingTimers).toBeGreaterThan(0);
    bench.session.close();
    expect(bench.clock.pendingTimers).toBe(0);
  });
});

describe('session.update', () => {
  it('changes only the fields present', () => {
    open();
    bench.update({ instructions: 'Be brief.', audio: { input: { format: { type: 'audio/pcmu' } } } });
    bench.update({ audio: { output: { voice: 'marin' } } });
    expect(config()).toMatchObject({
      instructions: 'Be brief.',
      audio: {
        input: { format: { type: 'audio/pcmu' } },
        output: { voice: 'marin', format: { type: 'audio/pcm', rate: 24000 } },
      },
    });
  });

  it('replaces a format as a whole', () => {
    open();
    bench.update({ audio: { input: { format: { type: 'audio/pcma' } } } });
    expect(at(config(), 'audio.input.format')).toEqual({ type: 'audio/pcma' });
  });

  it('clears tools with an empty list, instructions with an empty text, turn detection with null', () => {
    open();
    bench.update({ tools: [{ type: 'function', name: 'a' }], instructions: 'x' });
    bench.update({ tools: [], instructions: '', audio: { input: { turn_detection: null } } });
    expect(config()).toMatchObject({
      tools: [],
      instructions: '',
      audio: { input: { turn_detection: null } },
    });
  });

  it('keeps the fields of turn detection that an update of the same kind leaves out', () => {
    open();
    bench.turnDetection({ type: 'server_vad', threshold: 0.7 });
    bench.turnDetection({ type: 'server_vad', silence_duration_ms: 900 });
    expect(at(config(), 'audio.input.turn_detection')).toMatchObject({
      threshold: 0.7,
      silence_duration_ms: 900,
      prefix_padding_ms: 300,
    });
  });

  it('starts another kind of turn detection from its own defaults', () => {
    open();
    bench.turnDetection({ type: 'semantic_vad' });
    expect(at(config(), 'audio.input.turn_detection')).toEqual({
      type: 'semantic_vad',
      eagerness: 'auto',
      create_response: true,
      interrupt_response: true,
    });
  });

  it('applies nothing of an update with one unknown field, and names it', () => {
    open();
    const before = bench.session.config;
    bench.send({
      type: 'session.update',
      event_id: 'evt_1',
      session: { type: 'realtime', instructions: 'new', audio: { input: { gain: 2 } } },
    });
    expect(bench.types()).toEqual(['session.created', 'error']);
    expect(bench.lastError).toEqual({
      type: 'invalid_request_error',
      code: 'unknown_parameter',
      message: "Unknown parameter: 'session.audio.input.gain'.",
      param: 'session.audio.input.gain',
      event_id: 'evt_1',
    });
    expect(bench.session.config).toBe(before);
  });

  const REFUSED: [string, JsonObject, string, string | null][] = [
    [
      'both modalities',
      { output_modalities: ['audio', 'text'] },
      'invalid_value',
      'session.output_modalities',
    ],
    ['no modality', { output_modalities: [] }, 'invalid_value', 'session.output_modalities'],
    ['no output tokens', { max_output_tokens: 0 }, 'integer_below_min_value', 'session.max_output_tokens'],
    [
      'too many output tokens',
      { max_output_tokens: 4097 },
      'integer_above_max_value',
      'session.max_output_tokens',
    ],
    ['another model', { model: 'gpt-realtime' }, 'cannot_update_model', 'session.model'],
    [
      'a threshold above 1',
      { audio: { input: { turn_detection: { type: 'server_vad', threshold: 1.1 } } } },
      'decimal_above_max_value',
      'session.audio.input.turn_detection.threshold',
    ],
    [
      'a negative threshold',
      { audio: { input: { turn_detection: { type: 'server_vad', threshold: -0.1 } } } },
      'decimal_below_min_value',
      'session.audio.input.turn_detection.threshold',
    ],
    [
      'negative padding',
      { audio: { input: { turn_detection: { type: 'server_vad', prefix_padding_ms: -1 } } } },
      'integer_below_min_value',
      'session.audio.input.turn_detection.prefix_padding_ms',
    ],
    [
      'an unknown voice',
      { audio: { output: { voice: 'rms' } } },
      'invalid_value',
      'session.audio.output.voice',
    ],
    [
      'an unknown transcriber',
      { audio: { input: { transcription: { model: 'whisper-9' } } } },
      'invalid_value',
      'session.audio.input.transcription.model',
    ],
    [
      'a tool without a name',
      { tools: [{ type: 'function' }] },
      'missing_required_parameter',
      'session.tools[0].name',
    ],
    [
      'a tool without a type',
      { tools: [{ name: 'x' }] },
      'missing_required_parameter',
      'session.tools[0].type',
    ],
    [
      'a tool name with a space',
      { tools: [{ type: 'function', name: 'book it' }] },
      'invalid_value',
      'session.tools[0].name',
    ],
    [
      'a tool name above 64 characters',
      { tools: [{ type: 'function', name: 'x'.repeat(65) }] },
      'string_above_max_length',
      'session.tools[0].name',
    ],
  ];

  it.each(REFUSED)('refuses %s as a whole', (_, update, code, param) => {
    open();
    bench.update({ instructions: 'must not be applied', ...update });
    expect(bench.lastError).toMatchObject({ code, param });
    expect(bench.of('session.updated')).toEqual([]);
    expect(bench.session.config['instructions']).not.toBe('must not be applied');
  });

  it('takes the model again when it is the same', () => {
    open();
    bench.update({ model: 'gpt-realtime-2.1' });
    expect(bench.errors).toEqual([]);
  });

  it('refuses a transcription update in a realtime session', () => {
    open();
    bench.send({ type: 'session.update', session: { type: 'transcription' } });
    expect(bench.lastError['message']).toBe(
      'Passing a transcription session update event to a realtime session is not allowed.',
    );
  });

  it('lets the voice change until the model has been heard, and not after', async () => {
    open();
    bench.update({ audio: { output: { voice: 'marin' } } });
    expect(bench.errors).toEqual([]);
    await speakOnce();
    bench.update({ instructions: 'late', audio: { output: { voice: 'cedar' } } });
    expect(bench.lastError).toMatchObject({
      code: 'cannot_update_voice',
      message: "Cannot update a conversation's voice if assistant audio is present.",
      param: null,
    });
    expect(bench.session.config).toMatchObject({ audio: { output: { voice: 'marin' } } });
    bench.update({ instructions: 'late', audio: { output: { voice: 'marin' } } });
    expect(config()).toMatchObject({ instructions: 'late' });
  });

  it('does not fix the voice for audio outside the conversation', async () => {
    open();
    bench.send({ type: 'response.create', response: { conversation: 'none' } });
    await bench.advance(10_000);
    bench.update({ audio: { output: { voice: 'cedar' } } });
    expect(bench.errors).toEqual([]);
  });

  it('takes a new speed between responses only', async () => {
    open({ behaviour: tone({ toneMs: 5000 }) });
    bench.send({ type: 'response.create' });
    await bench.advance(400);
    bench.update({ audio: { output: { speed: 1.2 } } });
    expect(bench.lastError).toMatchObject({ code: 'cannot_update_speed' });
    await bench.advance(5000);
    bench.update({ audio: { output: { speed: 1.2 } } });
    expect(config()).toMatchObject({ audio: { output: { speed: 1.2 } } });
  });

  it('keeps tracing once it is on', () => {
    open();
    bench.update({ tracing: 'auto' });
    bench.update({ tracing: { workflow_name: 'calls' } });
    expect(bench.lastError).toMatchObject({ code: 'cannot_update_tracing' });
    bench.update({ tracing: 'auto' });
    expect(bench.of('session.updated')).toHaveLength(2);
  });
});

describe('a transcription session', () => {
  it('has no model side and transcribes without answering', async () => {
    open({ kind: 'transcription', callerLines: ['Hello there.'] });
    expect(bench.sent[0]).toMatchObject({
      session: { type: 'transcription', object: 'realtime.transcription_session' },
    });
    expect(asObject(bench.sent[0]?.['session'])).not.toHaveProperty('instructions');
    bench.send({
      type: 'session.update',
      session: { type: 'transcription', audio: { input: { transcription: { model: 'gpt-transcribe' } } } },
    });
    bench.speak(400);
    bench.silence(600);
    await bench.advance(5000);
    expect(bench.of('conversation.item.input_audio_transcription.completed')).toHaveLength(1);
    expect(bench.of('response.created')).toEqual([]);
    bench.send({ type: 'response.create' });
    expect(bench.lastError).toMatchObject({ code: 'invalid_value', param: 'type' });
  });
});

describe('messages that are not events', () => {
  it('answers binary, broken JSON and foreign events with an error, and continues', () => {
    open();
    bench.session.receiveBinary();
    bench.send('{');
    bench.send({ type: 'output_audio_buffer.clear' });
    expect(bench.errors.map((error) => error['code'])).toEqual([
      'invalid_event',
      'invalid_json',
      'invalid_value',
    ]);
    bench.update({ instructions: 'still here' });
    expect(config()['instructions']).toBe('still here');
  });
});
