import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@tandem/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { scripted, type CallReport } from '@tandem/simulators';
import {
  answer,
  RunningPlatform,
  spokenByCarrier,
  words,
  type StoredCall,
} from '../testing/running-platform.ts';

jest.setTimeout(90_000);

const SILENCE = 0xff;
const SAMPLES_PER_MS = 8;
const LONG =
  'We have an opening on Tuesday at nine in the morning, another one at eleven, and on Wednesday the ' +
  'whole afternoon is still free for you.';

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start({ stack: { relays: 2 } });
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.model.faults.clear();
  platform.model.behaviour = scripted({ turns: [{ say: LONG }], otherwise: 'I see.' });
});

interface Played {
  readonly caller: Buffer;
  readonly agent: Buffer;
}

async function played({ callId }: StoredCall, recordingId: string): Promise<Played> {
  const path = `${platform.stack.urls.controlApi}/v1/calls/${callId}/recordings/${recordingId}`;
  const headers = { authorization: `Bearer ${platform.stack.secrets.demoApiKey}` };
  expect(await (await fetch(`${path}/integrity`, { headers })).json()).toMatchObject({ isIntact: true });
  const wav = Buffer.from(await (await fetch(`${path}/audio`, { headers })).arrayBuffer());
  const sound = wav.subarray(58);
  const channel = (which: number) =>
    Buffer.from(Uint8Array.from({ length: sound.length / 2 }, (_, at) => sound[2 * at + which] as number));
  return { caller: channel(0), agent: channel(1) };
}

/**
 * Stretches of sound, in ms; pauses up to half a second, as a network makes them, belong to the speech around
 * them.
 */
function stretches(sound: Buffer): { fromMs: number; toMs: number }[] {
  const found: { fromMs: number; toMs: number }[] = [];
  for (let at = 0; at < sound.length; at += 1) {
    if (sound[at] === SILENCE) continue;
    const ms = at / SAMPLES_PER_MS;
    const last = found.at(-1);
    if (last && ms - last.toMs <= 500) last.toMs = ms;
    else found.push({ fromMs: ms, toMs: ms });
  }
  return found.filter(({ fromMs, toMs }) => toMs - fromMs > 20);
}

/** The audio at the carrier's end of the call, in both directions, while the recording ran. */
function atTheCarrier({ recording }: CallReport, { caller }: Played): Played {
  const said = Buffer.concat(recording!.caller);
  const from = said.indexOf(caller.subarray(0, 80_000));
  expect(from).toBeGreaterThanOrEqual(0);
  return {
    caller: said.subarray(from, from + caller.length),
    agent: Buffer.concat(recording!.agent).subarray(from, from + caller.length),
  };
}

/** The longest time the relay's event loop stood still since this was last asked, in ms. */
async function stallOfRelayMs(): Promise<number> {
  const line = await platform.metric('relay', 'nodejs_eventloop_lag_max_seconds');
  return Number(line.split(' ').at(-1)) * 1000;
}

/** Resolves when the call log has this state of the recording. */
const recordingIs = (state: string, callId: CallId) =>
  platform.eventually(
    async () => (await platform.records.events(callId)).events,
    (events) =>
      events.some(
        ({ type, data }) => type === 'recording.changed' && (data as { state: string }).state === state,
      ),
    `the recording to be ${state}`,
  );

describe('a recorded call', () => {
  it('holds the caller and what they heard of the agent, side by side, and no word more', async () => {
    await platform.withAgent(
      { recording: { mode: 'announced' }, notice: 'This call is recorded.' },
      async () => {
        await stallOfRelayMs();
        const call = platform.ring({ isRecording: true });
        await answer(call, 1_500);
        await call.waitForSpeech({ forMs: 1_200 });
        await call.say(words(1_200));
        await call.waitForSilence(300);
        await call.waitForSpeech();
        await call.waitForSilence(600);
        call.hangup();
        const report = await call.ended;
        // Both ends write what comes when it comes: how long either stood still is in their difference.
        const stalledMs = (await stallOfRelayMs()) + platform.twilio.tickerStats.maxLateMs;
        expect(spokenByCarrier(report)).toContain('This call is recorded.');
        const told = await platform.recorded(call.sid);
        expect(told.recordings).toMatchObject([{ outcome: 'complete' }]);
        const kept = await played(told, told.recordings[0]!.recordingId);
        const carrier = atTheCarrier(report, kept);
        expect(kept.caller.equals(carrier.caller)).toBe(true);
        const [ours, theirs] = [stretches(kept.agent), stretches(carrier.agent)];
        expect(ours.length).toBe(theirs.length);
        for (const [index, { fromMs, toMs }] of ours.entries()) {
          // The relay hears the caller half a round trip late, and is heard half a round trip late.
          expect(Math.abs(fromMs - theirs[index]!.fromMs)).toBeLessThan(300 + report.roundTripMs + stalledMs);
          // The interrupted one may end early: only what the carrier has confirmed counts as heard.
          expect(Math.abs(toMs - fromMs - (theirs[index]!.toMs - theirs[index]!.fromMs))).toBeLessThan(
            100 + report.roundTripMs + stalledMs,
          );
        }
      },
    );
  });

  it('that was asked for begins with the caller’s yes, and holds nothing from before', async () => {
    platform.model.behaviour = scripted({
      turns: [
        {
          ifHeard: '',
          call: { name: 'record_consent', arguments: { consent: 'granted' } },
          then: { say: 'Thank you.' },
        },
      ],
      otherwise: 'I see.',
    });
    await platform.withAgent(
      { recording: { mode: 'asked' }, tools: ['record_consent', 'end_call'] },
      async () => {
        const call = platform.ring({ isRecording: true });
        await answer(call, 1_000);
        await call.waitForSpeech();
        await call.waitForSilence(600);
        call.hangup();
        await call.ended;
        const told = await platform.recorded(call.sid);
        const [only] = told.recordings;
        expect(told.recordings).toHaveLength(1);
        const consentAtMs = told.toolCalls.find(({ name }) => name === 'record_consent')?.startedAtMs ?? 0;
        expect(only!.startedAtMs).toBeGreaterThanOrEqual(consentAtMs);
        const { caller, agent } = await played(told, only!.recordingId);
        expect(stretches(caller)).toEqual([]);
        expect(stretches(agent)).toHaveLength(1);
      },
    );
  });

  it('of a caller who says no is none', async () => {
    platform.model.behaviour = scripted({
      turns: [
        {
          ifHeard: '',
          call: { name: 'record_consent', arguments: { consent: 'refused' } },
          then: { say: 'That is fine.' },
        },
      ],
      otherwise: 'I see.',
    });
    await platform.withAgent(
      { recording: { mode: 'asked' }, tools: ['record_consent', 'end_call'] },
      async () => {
        const call = platform.ring();
        await answer(call, 1_000);
        await call.waitForSpeech();
        call.hangup();
        await call.ended;
        expect((await platform.recorded(call.sid)).recordings).toEqual([]);
      },
    );
  });

  it('is paused by its operator, whose relay dies: the next one goes on with what was agreed', async () => {
    await platform.withAgent(
      { recording: { mode: 'announced' }, notice: 'This call is recorded.' },
      async () => {
        const call = platform.ring();
        await answer(call, 1_000);
        await call.waitForSpeech();
        const callId = await platform.callIdOf(call.sid);
        expect(await platform.ask('/v1/live-calls')).toMatchObject({
          items: [{ callId, state: 'connected' }],
        });
        expect(await platform.tell(`/v1/calls/${callId}/recording`, { state: 'paused' })).toMatchObject({
          status: 202,
        });
        await recordingIs('paused', callId);
        expect(await platform.tell(`/v1/calls/${callId}/recording`, { state: 'running' })).toMatchObject({
          status: 202,
        });
        await recordingIs('resumed', callId);
        const holder = (await platform.records.state(callId))?.relayId ?? '';
        await platform.stack.supervisor.kill(holder, 'SIGKILL');
        await platform.eventually(
          () => call.report().streams.length,
          (streams) => streams === 2,
          'the call to be on another relay',
        );
        await call.waitForSpeech({ timeoutMs: 15_000 });
        await call.waitForSilence(600, { timeoutMs: 25_000 });
        call.hangup();
        await call.ended;
        const { recordings } = await platform.recorded(call.sid);
        expect(platform.lines.filter((line) => line.includes('recording failed'))).toEqual([]);
        expect(recordings).toMatchObject([{ outcome: 'failed' }, { outcome: 'complete' }]);
        expect(recordings[1]!.recordingId).not.toBe(recordings[0]!.recordingId);
      },
    );
  });
});

it('leaves nothing in the store that is not sealed', () => {
  const folder = platform.stack.recordingsDir;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThanOrEqual(4);
  for (const { parentPath, name } of files) {
    const sealed = readFileSync(join(parentPath, name));
    for (const plain of [Buffer.from('RIFF'), Buffer.alloc(32, SILENCE)])
      expect(sealed.includes(plain)).toBe(false);
  }
});
