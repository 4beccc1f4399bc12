import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  scripted,
  type Behaviour,
  type CallReport,
  type FaultSpec,
  type SimulatedCall,
  type StreamFault,
} from '@tandem/simulators';
import { answer, RunningPlatform, words } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

const CALLS = 30;
const GREETING = 'Welcome to Northwind, how may I help?';

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start({
    model: { ids: 'odd' },
    stack: { env: { RELAY_MAX_CALLS: String(CALLS) } },
  });
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.model.faults.clear();
  platform.model.behaviour = scripted({ turns: [], otherwise: 'Of course. Which day would suit you best?' });
});

/** The errors of a call and how each of its streams ended: one that moved to another relay has two. */
const troublesOf = ({ streams, errors }: CallReport) => ({
  ends: streams.map(({ end }) => end?.cause),
  errors: errors.filter(({ level }) => level === 'error').map(({ code }) => code),
});
const NONE = { ends: ['stopped'], errors: [] };

async function hangUp(call: SimulatedCall): Promise<CallReport> {
  call.hangup();
  return call.ended;
}

/** A model whose n-th session makes its first sound this many ms after the request. */
function firstSounds(afterMs: (session: number) => number): Behaviour {
  let sessions = 0;
  return {
    name: 'first-sounds',
    needsAudio: false,
    open: () => {
      const firstByteMs = afterMs((sessions += 1));
      return { respond: () => ({ steps: [{ say: GREETING }], firstByteMs }) };
    },
  };
}

describe('a carrier a round trip away', () => {
  it('keeps its streams whenever the first sound comes', async () => {
    platform.model.behaviour = firstSounds((session) => (session * 101) % 3_000);
    await platform.withAgent({ greeting: '' }, async () => {
      const calls = Array.from({ length: CALLS }, (_, index) =>
        platform.ring({ from: `+1202555${1_000 + index}` }),
      );
      await Promise.all(calls.map((call) => call.waitForSpeech({ timeoutMs: 20_000 })));
      // The stream checks its playout once a second.
      await Promise.all(calls.map((call) => call.waitForSilence(1_200, { timeoutMs: 20_000 })));
      const reports = await Promise.all(calls.map(hangUp));
      expect(reports.map(troublesOf)).toEqual(reports.map(() => NONE));
      expect(new Set(reports.map(({ roundTripMs }) => Math.round(roundTripMs))).size).toBeGreaterThan(
        CALLS / 2,
      );
    });
  });

  const marks: [string, StreamFault[]][] = [
    ['late and in bunches', [{ kind: 'bunch-marks', afterMs: 0, holdMs: 2_500, bunches: 6 }]],
    ['not at all, for some', [{ kind: 'lose-marks', afterMs: 0, marks: 13 }]],
  ];
  it.each(marks)('that gives marks back %s loses no word of what was heard', async (_how, streamFaults) => {
    await platform.withAgent({ greeting: GREETING }, async () => {
      const call = platform.ring({ streamFaults });
      await call.waitForSpeech();
      // A sentence whose marks have not been echoed counts as playing, so speech of the caller interrupts it.
      await call.waitForSilence(4_000);
      await call.say(words(900));
      await call.waitForSpeech();
      await call.waitForSilence(4_000);
      const report = await hangUp(call);
      expect(troublesOf(report)).toEqual(NONE);
      const { transcript, termination } = await platform.recorded(call.sid);
      expect(termination?.reason).toBe('caller-hangup');
      const said = transcript.filter(({ speaker }) => speaker === 'agent');
      expect(said).toMatchObject([
        { text: GREETING, interrupted: false },
        { text: 'Of course. Which day would suit you best?', interrupted: false },
      ]);
    });
  });
});

describe('a model a round trip away', () => {
  it('with ids of every kind is understood: words, tools and interruptions', async () => {
    platform.model.behaviour = scripted({
      turns: [
        { call: { name: 'lookup_customer', arguments: {} }, then: { say: 'I have found your record.' } },
        {
          say:
            'We have an opening on Tuesday at nine in the ' +
            'morning, and another one on Wednesday at eleven.',
        },
      ],
      otherwise: 'As you like.',
    });
    await platform.withAgent({ greeting: GREETING }, async () => {
      const call = platform.ring();
      await answer(call);
      await answer(call);
      await call.waitForSpeech({ forMs: 1_000 });
      await call.say(words(900));
      await call.waitForSilence(300);
      const session = platform.model.sessions.at(-1)!;
      await platform.eventually(
        () => session.items.filter((item) => item['role'] === 'assistant').length,
        (sentences) => sentences === 4,
        'the answer to the interruption',
      );
      await call.waitForSpeech();
      await call.waitForSilence(1_500);
      const report = await hangUp(call);
      expect(troublesOf(report)).toEqual(NONE);
      expect(session.mistakes).toEqual({});
      expect(session.receivedEvents('conversation.item.truncate')).toHaveLength(1);
      const { transcript, toolCalls } = await platform.recorded(call.sid);
      expect(toolCalls).toMatchObject([{ name: 'lookup_customer', outcome: { status: 'ok' } }]);
      expect(
        transcript.filter(({ speaker }) => speaker === 'agent').map(({ interrupted }) => interrupted),
      ).toEqual([false, false, true, false]);
    });
  });

  const halves: [string, FaultSpec][] = [
    [
      'completes an answer without a sound',
      { kind: 'fail-response', as: 'mute', response: 'each', times: 1 },
    ],
    [
      'cuts an answer off in its middle',
      { kind: 'fail-response', as: 'max_output_tokens', response: 'each', audioMs: 400, times: 1 },
    ],
  ];
  it.each(halves)('that %s is asked again', async (_how, fault) => {
    platform.model.addCallerLines({ lines: ['I need a plumber.'] });
    await platform.withAgent({ greeting: GREETING }, async () => {
      const call = platform.ring();
      await call.waitForSpeech();
      await call.waitForSilence(600);
      platform.model.faults.add(fault);
      await call.say(words(900));
      await call.waitForSpeech();
      await call.waitForSilence(2_000);
      expect(troublesOf(await hangUp(call))).toEqual(NONE);
      expect(platform.model.faults.list()).toEqual([]);
      const { transcript } = await platform.recorded(call.sid);
      expect(transcript.at(-1)).toMatchObject({
        text: 'Of course. Which day would suit you best?',
        interrupted: false,
      });
    });
  });
});
