import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { scripted, type CallReport, type SimulatedCall, type SimulatedSession } from '@tandem/simulators';
import { freeTimes } from '../testing/free-times.ts';
import { nextMonday } from '../testing/next-monday.ts';
import { answer, RunningPlatform, words } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.model.faults.clear();
  platform.model.behaviour = scripted({ turns: [], otherwise: 'Of course. Which day would suit you best?' });
});

const LONG =
  'We have an opening on Tuesday at nine in the morning, another one at eleven, and on Wednesday the ' +
  'whole afternoon is still free for you.';
const session = (): SimulatedSession => platform.model.sessions.at(-1)!;
const askedFor = (text: string) =>
  session()
    .receivedEvents('response.create')
    .some((event) => JSON.stringify(event).includes(text));
const clearsOf = ({ streams }: CallReport) => streams[0]!.clears.length;

async function heardOut(call: SimulatedCall): Promise<void> {
  await call.waitForSpeech();
  await call.waitForSilence(600);
}

describe('the greeting', () => {
  it('of the second call comes from the first one’s, before the model has said a word', async () => {
    const greeting = 'Welcome to Northwind, how may I help?';
    await platform.withAgent({ greeting }, async () => {
      const first = platform.ring();
      await heardOut(first);
      first.hangup();
      await first.ended;
      expect(askedFor(greeting)).toBe(true);
      const second = platform.ring();
      await heardOut(second);
      second.hangup();
      const report = await second.ended;
      expect(askedFor(greeting)).toBe(false);
      expect(session().mistakes).toEqual({});
      const recorded = await platform.recorded(second.sid);
      expect(
        recorded.transcript.map(({ speaker, text, interrupted }) => ({ speaker, text, interrupted })),
      ).toEqual([{ speaker: 'agent', text: greeting, interrupted: false }]);
      console.log(
        'greeting from the cache: first sound ' +
          `${Math.round(report.timing.firstAudioMs! - report.answeredAtMs!)} ms after the answer`,
      );
    });
  });
});

describe('the first caller of a relay that has just been started', () => {
  it('hears the greeting at once, as another relay’s caller has heard it', async () => {
    const greeting = 'This is Northwind, what can we do for you?';
    await platform.withAgent({ greeting }, async () => {
      const first = platform.ring();
      await heardOut(first);
      first.hangup();
      await first.ended;
      expect(askedFor(greeting)).toBe(true);
      await platform.stack.supervisor.kill('relay-1', 'SIGKILL');
      await platform.stack.supervisor.restart('relay-1');
      const call = platform.ring();
      await heardOut(call);
      call.hangup();
      const report = await call.ended;
      expect(askedFor(greeting)).toBe(false);
      expect((await platform.recorded(call.sid)).transcript.map(({ text }) => text)).toEqual([greeting]);
      expect(await platform.metric('relay-1', 'tandem_phrases_total')).toContain('outcome="hit"');
      console.log(
        'greeting on a relay just started: first sound ' +
          `${Math.round(report.timing.firstAudioMs! - report.answeredAtMs!)} ms after the answer`,
      );
    });
  });
});

describe('a sound of listening', () => {
  it('does not stop the agent and is not answered; a real interruption does and is', async () => {
    platform.model.behaviour = scripted({ turns: [{ say: LONG }], otherwise: 'I see.' });
    platform.model.addCallerLines({ lines: ['When can you come?', 'mhm', 'Stop, tell me about Friday.'] });
    await platform.withAgent(
      { interruption: { start: { kind: 'after-ms', ms: 600 }, ignoresBackchannels: true } },
      async () => {
        const call = platform.ring();
        await answer(call);
        await call.waitForSpeech({ forMs: 800 });
        await call.say(words(450));
        await new Promise((resolve) => setTimeout(resolve, 1_200));
        expect(session().sentEvents('conversation.item.truncated')).toEqual([]);
        await call.say(words(1_500));
        await call.waitForSilence(300);
        await heardOut(call);
        call.hangup();
        const report = await call.ended;
        expect(clearsOf(report)).toBe(1);
        expect(session().mistakes).toEqual({});
        const { transcript, latencies } = await platform.recorded(call.sid);
        for (const kind of ['interruption-to-clear', 'interruption-to-silence'])
          expect(latencies[kind]?.count).toBe(1);
        expect(await platform.metric('relay-1', 'tandem_latency_seconds_count')).toContain(
          'kind="interruption-to-silence"',
        );
        expect(transcript.filter(({ speaker }) => speaker === 'caller').map(({ text }) => text)).toEqual([
          'When can you come?',
          'mhm',
          'Stop, tell me about Friday.',
        ]);
        expect(transcript.filter(({ interrupted }) => interrupted)).toHaveLength(1);
      },
    );
  });
});

describe('a caller who says nothing', () => {
  it('is asked whether they are there, then told goodbye', async () => {
    await platform.withAgent({ idle: { afterMs: 1_500, maxPrompts: 1 } }, async () => {
      const call = platform.ring();
      const report = await call.ended;
      expect(report.endedBy).toBe('hangup-verb');
      const { transcript, termination } = await platform.recorded(call.sid);
      expect(termination).toEqual({ class: 'caller', reason: 'caller-silent' });
      expect(transcript.map(({ text }) => text).slice(1)).toEqual([
        'Are you still there?',
        expect.stringContaining('I cannot hear you'),
      ]);
    });
  });
});

describe('a tool that takes its time', () => {
  it('is bridged with a word and with music, which the answer ends', async () => {
    platform.model.behaviour = scripted({
      turns: [
        { ifHeard: '', call: { name: 'lookup_customer', arguments: {} }, then: { say: 'Here you are.' } },
      ],
    });
    await platform.withAgent({ toolWait: { fillerAfterMs: 500, musicAfterMs: 1_500 } }, async () => {
      const warmUp = platform.ring();
      await heardOut(warmUp);
      warmUp.hangup();
      await warmUp.ended;
      const call = platform.ring({ isRecording: true });
      await heardOut(call);
      await platform.stack.supervisor.kill('tool-worker', 'SIGSTOP');
      await call.say(words(900));
      await call.waitForSpeech({ forMs: 1_200, timeoutMs: 12_000 });
      await platform.stack.supervisor.kill('tool-worker', 'SIGCONT');
      await call.waitForSilence(1_000, { timeoutMs: 12_000 });
      call.hangup();
      const report = await call.ended;
      const { transcript, latencies } = await platform.recorded(call.sid);
      expect(latencies['tool']!.p95Ms).toBeGreaterThanOrEqual(1_500);
      expect(await platform.metric('relay-1', 'tandem_latency_seconds_count')).toContain('kind="tool"');
      const said = transcript.filter(({ speaker }) => speaker === 'agent').map(({ text }) => text);
      expect(said.slice(1)).toEqual(['One moment, please.', 'Here you are.']);
      expect(clearsOf(report)).toBeGreaterThanOrEqual(1);
      expect(session().mistakes).toEqual({});
    });
  });
});

describe('a tool that ends after its time', () => {
  it('is told of at the next pause, and the record has its outcome', async () => {
    const [first] = await freeTimes(platform, nextMonday());
    const booking = { service: 'plumbing', start: first!.start };
    platform.model.behaviour = scripted({
      turns: [
        {
          ifHeard: '',
          call: { name: 'book_appointment', arguments: booking },
          then: { say: 'It is not certain yet.' },
        },
        { ifInstructions: 'ended after all', say: 'It is booked after all.' },
      ],
    });
    await platform.withAgent({ toolWait: { fillerAfterMs: 0 } }, async () => {
      const call = platform.ring();
      await heardOut(call);
      await platform.stack.supervisor.kill('crm-api', 'SIGSTOP');
      try {
        await call.say(words(900));
        await call.waitForSpeech({ timeoutMs: 20_000 });
      } finally {
        await platform.stack.supervisor.kill('crm-api', 'SIGCONT');
      }
      await platform.eventually(() => askedFor('ended after all'), Boolean, 'the outcome to be told', 20_000);
      await call.waitForSilence(1_500, { timeoutMs: 20_000 });
      call.hangup();
      await call.ended;
      const { transcript, toolCalls, outcome } = await platform.recorded(call.sid);
      const said = transcript.filter(({ speaker }) => speaker === 'agent').map(({ text }) => text);
      expect(said.slice(1)).toEqual(['It is not certain yet.', 'It is booked after all.']);
      expect(toolCalls).toMatchObject([{ name: 'book_appointment', outcome: { status: 'ok' } }]);
      expect(outcome).toBe('booked');
      expect(session().mistakes).toEqual({});
    });
  });
});

describe('digits typed in secret', () => {
  it('reach neither the model, the rows nor the logs', async () => {
    const secret = '5105105105105100';
    platform.model.behaviour = scripted({
      turns: [
        {
          ifHeard: '',
          call: { name: 'collect_digits', arguments: { purpose: 'card number', max_digits: 16 } },
          then: { say: 'Thank you.' },
        },
      ],
    });
    await platform.withAgent({ tools: ['collect_digits', 'end_call'] }, async () => {
      const call = platform.ring();
      await answer(call);
      await call.waitForSpeech();
      const before = session().received.length;
      await call.say(words(600));
      call.press(`${secret}77#`);
      await heardOut(call);
      const during = session().received.subarray(before);
      call.hangup();
      await call.ended;
      const recorded = await platform.recorded(call.sid);
      expect(recorded.toolCalls).toMatchObject([
        { name: 'collect_digits', outcome: { status: 'ok', value: { digits: 16 } } },
      ]);
      expect(during.subarray(0, 4_000).every((byte) => byte === 0xff)).toBe(true);
      for (const leak of [secret, 'The caller pressed'])
        expect(JSON.stringify(session().receivedEvents())).not.toContain(leak);
      expect(JSON.stringify(recorded)).not.toContain(secret);
      expect(platform.lines.filter((line) => line.includes(secret))).toEqual([]);
    });
  });
});

describe('the call changes while it runs', () => {
  it('to another language and another microphone distance, as the model asks', async () => {
    platform.model.behaviour = scripted({
      turns: [
        {
          ifHeard: '',
          call: [
            { name: 'switch_language', arguments: { language: 'es' } },
            { name: 'update_mic_distance', arguments: { distance: 'far_field' } },
          ],
          then: { say: 'Claro, ¿qué día?' },
        },
      ],
    });
    await platform.withAgent({ tools: ['switch_language', 'update_mic_distance'] }, async () => {
      const call = platform.ring();
      await answer(call);
      await platform.eventually(
        () =>
          session().config as {
            instructions?: string;
            audio?: { input?: { noise_reduction?: { type: string } } };
          },
        (config) => config.audio?.input?.noise_reduction?.type === 'far_field',
        'the noise reduction to change',
      );
      expect(session().config).toMatchObject({
        instructions: expect.stringContaining('Speak Spanish'),
        audio: { input: { transcription: { languages: ['es'] } } },
      });
      expect(session().mistakes).toEqual({});
      call.hangup();
      await call.ended;
    });
  });
});

describe('a caller who speaks another of the agent’s languages', () => {
  it('is spoken to in it after two sentences, without anybody asking for it', async () => {
    platform.model.addCallerLines({
      lines: ['Hola, necesito un fontanero para mi casa.', 'Hay una fuga de agua en la cocina.'],
    });
    await platform.withAgent({ texts: { es: { instructions: 'Trate al cliente de usted.' } } }, async () => {
      const call = platform.ring();
      await answer(call);
      await answer(call);
      await platform.eventually(
        () => JSON.stringify(session().config),
        (config) => config.includes('Trate al cliente de usted.') && config.includes('Speak Spanish'),
        'the language to change',
      );
      call.hangup();
      await call.ended;
      const { events } = await platform.records.events((await platform.records.findByCarrierId(call.sid))!);
      expect(events.flatMap((event) => (event.type === 'language.changed' ? [event.data] : []))).toEqual([
        { language: 'es', by: 'detection', atMs: expect.any(Number) },
      ]);
    });
  });
});

describe('an operator', () => {
  it('changes the agent of a running call', async () => {
    const call = platform.ring();
    await heardOut(call);
    const callId = (await platform.records.findByCarrierId(call.sid))!;
    expect(
      await platform.tell(`/v1/calls/${callId}/agent`, {
        instructions: 'Offer ten percent off.',
        noiseReduction: 'far_field',
      }),
    ).toMatchObject({ status: 202, command: 'change' });
    expect(await platform.tell(`/v1/calls/${callId}/agent`, {})).toMatchObject({ status: 400 });
    await platform.eventually(
      () => JSON.stringify(session().config),
      (config) => config.includes('Offer ten percent off.') && config.includes('far_field'),
      'the agent to change',
    );
    call.hangup();
    await call.ended;
    // The carrier's report that the caller has left takes its time to the relay.
    await platform.eventually(
      () => platform.records.state(callId),
      (state) => state?.phase === 'ended',
      'the call to end',
    );
    const { events } = await platform.records.events(callId);
    expect(events.flatMap((event) => (event.type === 'agent.changed' ? [event.data.by] : []))).toEqual([
      'operator',
    ]);
    expect((await platform.tell(`/v1/calls/${callId}/agent`, { speed: 1.1 })).status).toBe(409);
  });
});

describe('a call that has lasted long enough', () => {
  it('is brought to an end with a goodbye', async () => {
    await platform.withAgent(
      { maxDurationMs: 10_000, limits: { warnBeforeEndMs: 6_000, wrapUpMs: 8_000 } },
      async () => {
        const call = platform.ring();
        const report = await call.ended;
        expect(report.endedBy).toBe('hangup-verb');
        const { transcript, termination } = await platform.recorded(call.sid);
        expect(termination).toEqual({ class: 'platform', reason: 'max-duration' });
        expect(transcript.at(-1)).toMatchObject({
          text: 'I am sorry, our time is up. Thank you for calling. Goodbye.',
          interrupted: false,
        });
        expect(JSON.stringify(session().receivedEvents('conversation.item.create'))).toContain(
          'must end in 6 seconds',
        );
      },
    );
  });
});

describe('what the caller waited for', () => {
  it('is on the call’s record, in its parts', async () => {
    const call = platform.ring();
    await answer(call);
    await heardOut(call);
    call.hangup();
    await call.ended;
    const { latencies } = await platform.recorded(call.sid);
    for (const kind of [
      'answer-to-first-audio',
      'caller-to-heard',
      'end-pointing',
      'model',
      'relay',
      'playout',
    ])
      expect(latencies[kind]?.count).toBeGreaterThanOrEqual(1);
    expect(latencies['end-pointing']!.p95Ms).toBeGreaterThanOrEqual(500);
    const histograms = await platform.metric('relay-1', 'tandem_latency_seconds_count');
    for (const kind of ['caller-to-heard', 'end-pointing', 'model', 'relay', 'playout'])
      expect(histograms).toContain(`kind="${kind}"`);
  });
});
