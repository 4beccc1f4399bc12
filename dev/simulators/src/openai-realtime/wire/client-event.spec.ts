import { describe, expect, it } from '@jest/globals';
import { appendFault, decodeBase64, readClientEvent } from './client-event.ts';
import { diagnose } from './diagnose.ts';
import { clientEventTypes, fitsClientSchema } from './event-checks.ts';
import { isObject, type JsonObject, type Typed } from './json.ts';
import { clientSchema } from './schema.ts';

function refusalOf(event: unknown): { code: unknown; param: unknown; message: string } | null {
  const read = readClientEvent(typeof event === 'string' ? event : JSON.stringify(event));
  return read.ok ? null : { code: read.error.code, param: read.error.param, message: read.error.message };
}

const update = (session: JsonObject): JsonObject => ({
  type: 'session.update',
  session: { type: 'realtime', ...session },
});
const message = (item: JsonObject): JsonObject => ({
  type: 'conversation.item.create',
  item: { type: 'message', ...item },
});

const ACCEPTED: [string, JsonObject][] = [
  ['an append', { type: 'input_audio_buffer.append', audio: 'AAAA', event_id: 'e1' }],
  [
    'a full update',
    update({
      instructions: '',
      tools: [],
      audio: {
        input: {
          format: { type: 'audio/pcmu' },
          turn_detection: null,
          noise_reduction: null,
          transcription: null,
        },
        output: { format: { type: 'audio/pcma' }, voice: { id: 'voice_1' }, speed: 1.5 },
      },
    }),
  ],
  ['24 kHz PCM with its rate', update({ audio: { input: { format: { type: 'audio/pcm', rate: 24000 } } } })],
  [
    'a function tool with any parameters',
    update({
      tools: [
        {
          type: 'function',
          name: 'x',
          description: 'y',
          parameters: { type: 'object', properties: { anything: { deep: true } } },
        },
      ],
    }),
  ],
  [
    'an out-of-band response',
    {
      type: 'response.create',
      response: {
        conversation: 'none',
        metadata: { purpose: 'test' },
        input: [{ type: 'item_reference', id: 'item_1' }],
      },
    },
  ],
  [
    'a retention ratio',
    update({
      truncation: {
        type: 'retention_ratio',
        retention_ratio: 0.8,
        token_limits: { post_instructions: 8000 },
      },
    }),
  ],
  ['tracing switched off', update({ tracing: null })],
  [
    'a transcription update',
    {
      type: 'session.update',
      session: { type: 'transcription', audio: { input: { transcription: { model: 'gpt-transcribe' } } } },
    },
  ],
  ['a bare response.create', { type: 'response.create' }],
];

const REFUSED: [string, unknown, string | null, string | null][] = [
  ['text that is not JSON', '{"type":', 'invalid_json', null],
  ['JSON that is no object', '[1]', 'invalid_json', null],
  ['no type', {}, 'missing_required_parameter', 'type'],
  ['an unknown event', { type: 'session.updat' }, 'invalid_value', 'type'],
  ['a type that is no text', { type: 7 }, 'invalid_type', 'type'],
  [
    'an update without its session type',
    { type: 'session.update', session: { instructions: 'x' } },
    'missing_required_parameter',
    'session.type',
  ],
  ['an unknown field of the session', update({ voice: 'alloy' }), 'unknown_parameter', 'session.voice'],
  [
    'a beta format field',
    update({ input_audio_format: 'g711_ulaw' }),
    'unknown_parameter',
    'session.input_audio_format',
  ],
  [
    'an unknown field two levels down',
    update({ audio: { input: { sample_rate: 8000 } } }),
    'unknown_parameter',
    'session.audio.input.sample_rate',
  ],
  [
    'a rate beside G.711',
    update({ audio: { input: { format: { type: 'audio/pcmu', rate: 8000 } } } }),
    'unknown_parameter',
    'session.audio.input.format.rate',
  ],
  [
    'another PCM rate',
    update({ audio: { input: { format: { type: 'audio/pcm', rate: 16000 } } } }),
    'invalid_value',
    'session.audio.input.format.rate',
  ],
  [
    'an unknown format',
    update({ audio: { input: { format: { type: 'audio/opus' } } } }),
    'invalid_value',
    'session.audio.input.format.type',
  ],
  [
    'an unknown field of turn detection',
    update({ audio: { input: { turn_detection: { type: 'server_vad', silence_ms: 1 } } } }),
    'unknown_parameter',
    'session.audio.input.turn_detection.silence_ms',
  ],
  [
    'an idle timeout for semantic detection',
    update({ audio: { input: { turn_detection: { type: 'semantic_vad', idle_timeout_ms: 6000 } } } }),
    'unknown_parameter',
    'session.audio.input.turn_detection.idle_timeout_ms',
  ],
  [
    'an idle timeout that is too short',
    update({ audio: { input: { turn_detection: { type: 'server_vad', idle_timeout_ms: 4999 } } } }),
    'integer_below_min_value',
    'session.audio.input.turn_detection.idle_timeout_ms',
  ],
  [
    'an unknown eagerness',
    update({ audio: { input: { turn_detection: { type: 'semantic_vad', eagerness: 'max' } } } }),
    'invalid_value',
    'session.audio.input.turn_detection.eagerness',
  ],
  [
    'turn detection without its type',
    update({ audio: { input: { turn_detection: { threshold: 0.4 } } } }),
    'missing_required_parameter',
    'session.audio.input.turn_detection.type',
  ],
  [
    'a speed out of range',
    update({ audio: { output: { speed: 2 } } }),
    'decimal_above_max_value',
    'session.audio.output.speed',
  ],
  [
    'an unknown field of the second tool',
    update({
      tools: [
        { type: 'function', name: 'a' },
        { type: 'function', name: 'b', meta: {} },
      ],
    }),
    'unknown_parameter',
    'session.tools[1].meta',
  ],
  [
    'a tool of an unknown type',
    update({ tools: [{ type: 'web_search' }] }),
    'invalid_value',
    'session.tools[0].type',
  ],
  [
    'an unknown modality',
    update({ output_modalities: ['video'] }),
    'invalid_value',
    'session.output_modalities[0]',
  ],
  ['instructions that are no text', update({ instructions: 5 }), 'invalid_type', 'session.instructions'],
  ['null instructions', update({ instructions: null }), 'invalid_type', 'session.instructions'],
  [
    'an unknown field beside a custom voice',
    update({ audio: { output: { voice: { id: 'v', name: 'n' } } } }),
    'unknown_parameter',
    'session.audio.output.voice.name',
  ],
  [
    'a temperature in a response',
    { type: 'response.create', response: { temperature: 0.8 } },
    'unknown_parameter',
    'response.temperature',
  ],
  [
    'beta modalities in a response',
    { type: 'response.create', response: { modalities: ['audio'] } },
    'unknown_parameter',
    'response.modalities',
  ],
  [
    'metadata that is no text',
    { type: 'response.create', response: { metadata: { n: 1 } } },
    'invalid_type',
    'response.metadata.n',
  ],
  ['an item without a role', message({ content: [] }), 'missing_required_parameter', 'item.role'],
  ['an unknown role', message({ role: 'developer', content: [] }), 'invalid_value', 'item.role'],
  [
    'an item of an unknown type',
    { type: 'conversation.item.create', item: { type: 'note' } },
    'invalid_value',
    'item.type',
  ],
  [
    'assistant text of the beta',
    message({ role: 'assistant', content: [{ type: 'text', text: 'hi' }] }),
    'invalid_value',
    'item.content[0].type',
  ],
  [
    'system audio',
    message({ role: 'system', content: [{ type: 'input_audio', audio: 'AAAA' }] }),
    'invalid_value',
    'item.content[0].type',
  ],
  [
    'an output without its call',
    { type: 'conversation.item.create', item: { type: 'function_call_output', output: 'x' } },
    'missing_required_parameter',
    'item.call_id',
  ],
  [
    'a truncation without its place',
    { type: 'conversation.item.truncate', item_id: 'item_1', content_index: 0 },
    'missing_required_parameter',
    'audio_end_ms',
  ],
  [
    'a truncation at half a millisecond',
    { type: 'conversation.item.truncate', item_id: 'item_1', content_index: 0, audio_end_ms: 10.5 },
    'invalid_type',
    'audio_end_ms',
  ],
  ['a field beside response.cancel', { type: 'response.cancel', reason: 'x' }, 'unknown_parameter', 'reason'],
  [
    'an event id above 512 characters',
    { type: 'response.cancel', event_id: 'x'.repeat(513) },
    'string_above_max_length',
    'event_id',
  ],
  ['an append without audio', { type: 'input_audio_buffer.append' }, 'missing_required_parameter', 'audio'],
  [
    'an append with a field too many',
    { type: 'input_audio_buffer.append', audio: 'AAAA', format: 'pcmu' },
    'unknown_parameter',
    'format',
  ],
  ['an append of a number', { type: 'input_audio_buffer.append', audio: 1 }, 'invalid_type', 'audio'],
];

describe('what a client may send', () => {
  it.each(ACCEPTED)('takes %s', (_, event) => {
    expect(refusalOf(event)).toBeNull();
  });

  it.each(REFUSED)('refuses %s', (_, event, code, param) => {
    expect(refusalOf(event)).toMatchObject({ code, param });
  });

  it('words a refusal as the API does', () => {
    expect(refusalOf(update({ voice: 'alloy' }))?.message).toBe("Unknown parameter: 'session.voice'.");
    expect(refusalOf({ type: 'session.update', session: {} })?.message).toBe(
      "Missing required parameter: 'session.type'.",
    );
    expect(refusalOf(message({ role: 'system', content: [{ type: 'x' }] }))?.message).toBe(
      "Invalid value: 'x'. Supported values are: 'input_text'.",
    );
    expect(refusalOf(update({ audio: { input: { noise_reduction: { type: 'mid_field' } } } }))?.message).toBe(
      "Invalid value: 'mid_field'. Supported values are: 'near_field' and 'far_field'.",
    );
  });

  it('returns the id of the event it refuses', () => {
    const read = readClientEvent(JSON.stringify({ type: 'response.cancel', event_id: 'mine', oops: 1 }));
    expect(read).toMatchObject({ ok: false, eventId: 'mine' });
  });
});

/** One event with every field its definition has, as deep as the schema goes: the base for mutations. */
const SAMPLES: JsonObject[] = [...ACCEPTED.map(([, event]) => event)];

/** Every value reachable in `value`, each replaced in a copy by `replacement`. */
function* replaced(value: unknown, replacement: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [index, child] of value.entries())
      for (const changed of [replacement, ...replaced(child, replacement)])
        yield value.with(index, changed) as unknown;
  } else if (isObject(value)) {
    for (const [key, child] of Object.entries(value)) {
      for (const changed of [replacement, ...replaced(child, replacement)])
        yield { ...value, [key]: changed };
      const { [key]: _, ...without } = value;
      yield without;
    }
    yield { ...value, surprise: 1 };
  }
}

describe('naming the fault', () => {
  it('finds a fault exactly where the schema check does, after any change to an event', () => {
    let compared = 0;
    let refused = 0;
    for (const sample of SAMPLES) {
      for (const junk of [null, 7, 'junk', true, [], {}, [{}]]) {
        for (const changed of replaced(sample, junk)) {
          const event = changed as Typed;
          const definition = clientEventTypes().get(event.type);
          if (definition === undefined) continue;
          const fits = fitsClientSchema(event);
          expect({ event, fault: diagnose(clientSchema(), definition, event) === null }).toEqual({
            event,
            fault: fits,
          });
          compared++;
          if (!fits) refused++;
        }
      }
    }
    expect(compared).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(300);
  });
});

describe('the hand-written check of an append', () => {
  const values = [undefined, null, 0, 'AAAA', '', 'x'.repeat(600), true, [], {}];

  it('gives the verdict and the refusal of the general path', () => {
    let compared = 0;
    for (const audio of values) {
      for (const eventId of values) {
        for (const extra of [{}, { format: 1 }, { audio_format: 'pcmu' }]) {
          const event = JSON.parse(
            JSON.stringify({ type: 'input_audio_buffer.append', audio, event_id: eventId, ...extra }),
          ) as Typed;
          const general = fitsClientSchema(event)
            ? null
            : diagnose(clientSchema(), 'RealtimeClientEventInputAudioBufferAppend', event);
          const byHand = appendFault(event);
          expect({ event, fault: byHand === null }).toEqual({ event, fault: general === null });
          if (countFaults(event) === 1) expect(byHand).toEqual(general);
          compared++;
        }
      }
    }
    expect(compared).toBe(values.length ** 2 * 3);
  });

  /** Returns the number of faults of an event; with several, any may be named first. */
  function countFaults(event: Typed): number {
    const wrongAudio = typeof event['audio'] !== 'string';
    const id = event['event_id'];
    const wrongId = id !== undefined && (typeof id !== 'string' || id.length > 512);
    return (
      Number(wrongAudio) +
      Number(wrongId) +
      Number(Object.keys(event).some((key) => !['type', 'audio', 'event_id'].includes(key)))
    );
  }
});

describe('base64', () => {
  it.each(['A', 'AAA', 'AA=A', '====', 'AA A', 'AAA-', 'AAA_', 'AAAA\n'])('refuses %j', (text) => {
    expect(decodeBase64(text)).toBeNull();
  });

  it('takes padded and unpadded text', () => {
    expect(decodeBase64('AAECAw==')).toEqual(Buffer.from([0, 1, 2, 3]));
    expect(decodeBase64('')).toEqual(Buffer.alloc(0));
  });
});
