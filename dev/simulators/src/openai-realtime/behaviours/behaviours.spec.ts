import { afterEach, describe, expect, it } from '@jest/globals';
import { deltaBytes, SessionBench, type BenchOptions } from '../testing/session-bench.ts';
import { asArray, asObject, at, type JsonObject } from '../wire/json.ts';
import { verbatimRequest } from './behaviour.ts';
import { echo } from './echo.ts';
import { behaviourFrom, behaviourSpecProblem, type BehaviourSpec } from './from-spec.ts';
import { guided } from './guided.ts';
import { scripted } from './scripted.ts';

let bench: SessionBench;

function open(options: BenchOptions = {}): SessionBench {
  return (bench = new SessionBench(options));
}

afterEach(() => expect(bench?.misfits ?? []).toEqual([]));

async function respond(params: JsonObject = {}): Promise<void> {
  bench.send({ type: 'response.create', response: params });
  await bench.advance(20_000);
}

/** Returns the words and the tool calls of the last response. */
function answer(): { said: string; calls: { name: string; arguments: JsonObject; callId: string }[] } {
  const output = asArray(at(bench.last('response.done'), 'response.output')).map(asObject);
  return {
    said: output
      .flatMap((item) => asArray(item['content']).map((part) => String(asObject(part)['transcript'])))
      .join(' '),
    calls: output
      .filter((item) => item['type'] === 'function_call')
      .map((item) => ({
        name: String(item['name']),
        arguments: JSON.parse(String(item['arguments'])) as JsonObject,
        callId: String(item['call_id']),
      })),
  };
}

async function toolResult(output: unknown): Promise<void> {
  const callId = answer().calls[0]?.callId;
  bench.send({
    type: 'conversation.item.create',
    item: { type: 'function_call_output', call_id: callId, output: JSON.stringify(output) },
  });
  await respond();
}

/** The caller speaks; the session answers by itself. */
async function callerSpeaks(): Promise<void> {
  bench.speak(400);
  bench.silence(600);
  await bench.advance(20_000);
}

describe('echo', () => {
  it("repeats the caller's audio byte for byte", async () => {
    open({ behaviour: echo() });
    bench.update({
      audio: {
        input: { format: { type: 'audio/pcmu' }, turn_detection: null },
        output: { format: { type: 'audio/pcmu' } },
      },
    });
    const audio = Buffer.from(Array.from({ length: 4321 }, (_, index) => (index * 31) % 256));
    bench.append(audio);
    bench.send({ type: 'input_audio_buffer.commit' });
    await respond();
    expect(deltaBytes(bench.sent)).toEqual(audio);
    expect(bench.session.recording.sent).toEqual(bench.session.recording.received);
  });

  it('fails where input and output differ in format', async () => {
    open({ behaviour: echo() });
    bench.update({ audio: { input: { format: { type: 'audio/pcmu' }, turn_detection: null } } });
    bench.speak(200);
    bench.send({ type: 'input_audio_buffer.commit' });
    await respond();
    expect(bench.last('response.done')).toMatchObject({ response: { status: 'failed' } });
    expect(bench.brokenPlans[0]).toContain('same audio format');
  });
});

describe('scripted', () => {
  it('says its turns in order and then its last words', async () => {
    open({ behaviour: scripted({ turns: [{ say: 'One.' }, { say: 'Two.' }], otherwise: 'That was all.' }) });
    const said: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      await respond();
      said.push(answer().said);
    }
    expect(said).toEqual(['One.', 'Two.', 'That was all.', 'That was all.']);
  });

  it('takes the first turn whose conditions hold', async () => {
    open({
      callerLines: ['I want to CANCEL it.', 'Hello?'],
      behaviour: scripted({
        turns: [
          { ifHeard: 'cancel', say: 'Cancelled.' },
          { ifInstructions: 'in German', say: 'Hallo.', repeats: true },
          { say: 'Hello.' },
        ],
      }),
    });
    await callerSpeaks();
    expect(answer().said).toBe('Cancelled.');
    await callerSpeaks();
    expect(answer().said).toBe('Hello.');
    bench.update({ instructions: 'Answer in German.' });
    await respond();
    expect(answer().said).toBe('Hallo.');
    await respond();
    expect(answer().said).toBe('Hallo.');
  });

  it('reacts to the tool that answered and to its output', async () => {
    open({
      behaviour: scripted({
        turns: [
          { call: { name: 'book', arguments: '{not json' } },
          {
            ifToolOutput: 'book',
            ifOutputContains: 'refused',
            say: 'Taken: {{reason}}, {{slots.1.at}}, {{nothing}}.',
          },
          { ifToolOutput: 'book', say: 'Booked.' },
        ],
      }),
    });
    bench.send({ type: 'response.create' });
    await bench.advance(2000);
    const item = asObject(bench.last('response.output_item.done')['item']);
    expect(item['arguments']).toBe('{not json');
    bench.send({
      type: 'conversation.item.create',
      item: {
        type: 'function_call_output',
        call_id: item['call_id'],
        output: '{"status":"refused","reason":"gone","slots":[1,{"at":"11:00"}]}',
      },
    });
    await respond();
    expect(answer().said).toBe('Taken: gone, 11:00, .');
  });

  it('calls several tools in one response, after a wait', async () => {
    open({
      behaviour: scripted({
        turns: [
          {
            say: 'Both.',
            call: [{ name: 'a' }, { name: 'b', arguments: { x: 1 } }],
            delayMs: 500,
            firstByteMs: 50,
          },
        ],
      }),
    });
    bench.send({ type: 'response.create' });
    await bench.advance(50);
    expect(bench.of('response.output_audio.delta')).toHaveLength(1);
    await bench.advance(20_000);
    expect(answer().calls).toMatchObject([
      { name: 'a', arguments: {} },
      { name: 'b', arguments: { x: 1 } },
    ]);
  });

  it('says verbatim requests and asides without using up a turn', async () => {
    open({ behaviour: scripted({ turns: [{ say: 'The script.' }] }) });
    await respond({
      instructions: 'Say the following to the caller, word for word, and nothing else:\nI will say: "this".',
    });
    expect(answer().said).toBe('I will say: "this".');
    await respond({
      instructions: 'You are Ava. Say things: nicely.\n\nTell the caller that it takes a little longer.',
    });
    expect(answer().said).toBe('One moment, please.');
    await respond();
    expect(answer().said).toBe('The script.');
  });
});

describe('words a client wants verbatim', () => {
  it.each([
    ['Say the following, word for word:\n Good "day".\nBye.', 'Good "day".\nBye.'],
    ['Please say: hello there', 'hello there'],
    ['Say exactly "hello" and stop.', 'hello'],
    ['Read “this”.', 'this'],
    ['You are Ava. Say "hello" to everyone: always.', null],
    ['Tell the caller to wait.', null],
    ['Say something nice', null],
    [null, null],
  ])('%j is %j', (instructions, words) => {
    expect(verbatimRequest(instructions)).toBe(words);
  });
});

const object = (properties: JsonObject, required: string[] = Object.keys(properties)): JsonObject => ({
  type: 'object',
  properties,
  required,
});
const text: JsonObject = { type: 'string' };

const TOOLS: JsonObject[] = [
  { type: 'function', name: 'lookup_customer', parameters: object({ phone: text }) },
  {
    type: 'function',
    name: 'check_availability',
    parameters: object({ service: text, date: { type: 'string', format: 'date' } }),
  },
  {
    type: 'function',
    name: 'book_appointment',
    parameters: object(
      {
        slotId: text,
        start: { type: 'string', format: 'date-time' },
        customerName: text,
        phone: text,
        partySize: { type: 'integer', minimum: 1 },
        note: text,
      },
      ['slotId', 'start', 'customerName', 'phone', 'partySize'],
    ),
  },
  {
    type: 'function',
    name: 'end_call',
    parameters: object({ reason: { type: 'string', enum: ['caller-done', 'wrong-number'] } }),
  },
];

const SLOTS = {
  status: 'ok',
  result: {
    slots: [
      { slotId: 's-1', start: '2026-12-01T10:00:00+01:00' },
      { slotId: 's-2', start: '2026-12-01T11:30:00+01:00' },
    ],
  },
};

describe('guided', () => {
  async function untilOffer(lines: readonly string[]): Promise<void> {
    open({ behaviour: guided(), callerLines: lines });
    bench.update({ tools: TOOLS, instructions: 'You answer for Salon Rosa. The caller is +4915112345678.' });
    await respond();
    expect(answer()).toMatchObject({
      said: 'Hello, thank you for calling. How can I help you today?',
      calls: [],
    });
    await callerSpeaks();
    expect(answer().calls).toMatchObject([
      { name: 'lookup_customer', arguments: { phone: '+4915112345678' } },
    ]);
    await toolResult({ status: 'ok', result: { customer: { id: 'c-1', customerName: 'Ada Lovelace' } } });
    expect(answer().calls).toMatchObject([{ name: 'check_availability', arguments: { service: 'haircut' } }]);
    await toolResult(SLOTS);
    expect(answer().said).toBe('I have 2026-12-01 at 10:00 free. Shall I book that for you?');
  }

  it('completes a booking call with the tools of the session', async () => {
    await untilOffer(['I would like a haircut, please.', 'Yes, please.', 'No, thank you, that is all.']);
    await callerSpeaks();
    expect(answer().calls).toMatchObject([
      {
        name: 'book_appointment',
        arguments: {
          slotId: 's-1',
          start: '2026-12-01T10:00:00+01:00',
          customerName: 'Ada Lovelace',
          phone: '+4915112345678',
          partySize: 1,
        },
      },
    ]);
    await toolResult({ status: 'ok', result: { bookingId: 'b-1' } });
    expect(answer().said).toBe('You are booked for 2026-12-01 at 10:00. Is there anything else?');
    await callerSpeaks();
    expect(answer()).toMatchObject({
      said: 'Thank you for calling. Goodbye.',
      calls: [{ name: 'end_call', arguments: { reason: 'caller-done' } }],
    });
  });

  it('completes it with a caller whose words are unknown', async () => {
    open({ behaviour: guided() });
    bench.update({ tools: TOOLS });
    await respond();
    const called: string[] = [];
    for (let turn = 0; turn < 8 && called.at(-1) !== 'end_call'; turn++) {
      const name = answer().calls[0]?.name;
      if (name === undefined) await callerSpeaks();
      else await toolResult(name === 'check_availability' ? SLOTS : { status: 'ok', result: {} });
      const next = answer().calls[0]?.name;
      if (next !== undefined) called.push(next);
    }
    expect(called).toEqual(['lookup_customer', 'check_availability', 'book_appointment', 'end_call']);
  });

  it('offers the next time when the first does not suit, and when it has gone meanwhile', async () => {
    await untilOffer(['A haircut.', 'No, later please.', 'That works.']);
    await callerSpeaks();
    expect(answer().calls).toEqual([]);
    expect(answer().said).toBe('What about 2026-12-01 at 11:30?');
    await callerSpeaks();
    expect(answer().calls).toMatchObject([{ arguments: { slotId: 's-2' } }]);
    await toolResult({ status: 'refused', reason: 'slot-taken', message: 'Taken.' });
    expect(answer()).toMatchObject({
      said: 'That time has just gone, let me look again.',
      calls: [{ name: 'check_availability' }],
    });
  });

  it('takes the name from the caller when no tool knows it', async () => {
    open({ behaviour: guided(), callerLines: ['My name is Ada Lovelace, a massage please.'] });
    bench.update({
      tools: [
        { type: 'function', name: 'book_appointment', parameters: object({ name: text, service: text }) },
      ],
    });
    await respond();
    await callerSpeaks();
    expect(answer().calls).toMatchObject([{ arguments: { name: 'Ada Lovelace', service: 'massage' } }]);
  });

  it('does not claim a booking that was not confirmed', async () => {
    await untilOffer(['A haircut.', 'Yes.']);
    await callerSpeaks();
    await toolResult({ status: 'timed-out', message: 'Not known.' });
    expect(answer().said).toContain('could not confirm');
  });

  it('says goodbye to a caller who wants to leave, and prompts a silent one', async () => {
    open({ behaviour: guided(), callerLines: ['Goodbye.'] });
    bench.update({
      tools: TOOLS,
      audio: { input: { turn_detection: { type: 'server_vad', idle_timeout_ms: 5000 } } },
    });
    bench.send({ type: 'response.create' });
    await bench.advance(12_000);
    expect(answer().said).toBe('Are you still there?');
    await callerSpeaks();
    expect(
      bench.sent
        .filter((event) => event.type === 'response.function_call_arguments.done')
        .map((event) => event['name']),
    ).toEqual(['end_call']);
  });

  it('works without the tools a session lacks', async () => {
    open({ behaviour: guided() });
    await respond();
    await callerSpeaks();
    expect(answer()).toMatchObject({
      said: 'I am afraid I cannot book anything at the moment. A colleague will call you back.',
      calls: [],
    });
  });
});

describe('a behaviour in external data', () => {
  it.each<[string, unknown]>([
    ['nothing', null],
    ['an unknown kind', { kind: 'clever' }],
    ['a script without turns', { kind: 'scripted' }],
    ['a turn with an unknown field', { kind: 'scripted', turns: [{ says: 'x' }] }],
    [
      'a nested turn with an unknown field',
      { kind: 'scripted', turns: [{ say: 'x', then: { then: { oops: 1 } } }] },
    ],
    ['a call without a name', { kind: 'scripted', turns: [{ call: { arguments: {} } }] }],
    ['a tone without length', { kind: 'tone', toneMs: 0 }],
  ])('is refused for %s', (_, spec) => {
    expect(behaviourSpecProblem(spec)).not.toBeNull();
  });

  it.each<BehaviourSpec>([
    { kind: 'scripted', turns: [{ say: 'x', call: [{ name: 'a' }], then: { say: 'y' } }] },
    { kind: 'guided', greeting: 'Hi.', caller: { name: 'Ada' } },
    { kind: 'echo' },
    { kind: 'tone', toneMs: 500 },
  ])('is built for $kind', (spec) => {
    expect(behaviourSpecProblem(spec)).toBeNull();
    expect(behaviourFrom(spec).name).toBe(spec.kind);
  });
});
