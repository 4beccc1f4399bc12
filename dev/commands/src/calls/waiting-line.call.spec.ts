import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { scripted, type SimulatedCall } from '@tandem/simulators';
import { RunningPlatform, spokenByCarrier } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

let platform: RunningPlatform;

beforeAll(async () => {
  platform = await RunningPlatform.start({ stack: { env: { RELAY_MAX_CALLS: '1' } } });
  platform.model.behaviour = scripted({ turns: [], otherwise: 'Of course. Which day would suit you best?' });
});
afterAll(() => platform.stop());

const said = (call: SimulatedCall) => spokenByCarrier(call.report());
const hears = (call: SimulatedCall, words: string) =>
  platform.eventually(
    () => said(call),
    (text) => text.includes(words),
    `a caller to hear: ${words}`,
    30_000,
  );
async function ringAndHear(from: string, words: string): Promise<SimulatedCall> {
  const call = platform.ring({ from });
  await hears(call, words);
  return call;
}
/** Callers who were taken after they had waited. */
const waitsCounted = async (): Promise<number> =>
  Number(/ (\d+)$/.exec(await platform.metric('call-ingress', 'tandem_queue_wait_seconds_count'))?.[1] ?? 0);
async function hangUp(call: SimulatedCall) {
  call.hangup();
  await call.ended;
  return platform.recorded(call.sid);
}

describe('callers for whom there is no room', () => {
  it('are told that nobody is free where the agent lets nobody wait, or not for longer', async () => {
    const talking = platform.ring();
    await talking.waitForSpeech();
    const refused = platform.ring({ from: '+12025550141' });
    expect(spokenByCarrier(await refused.ended)).toContain('Please try again in a few minutes.');
    expect((await platform.recorded(refused.sid)).refusalReason).toBe('no-capacity');
    await platform.withAgent(
      { whenUnavailable: 'queue', queue: { maxWaitMs: 10_000, offersCallback: false } },
      async () => {
        const patient = platform.ring({ from: '+12025550142' });
        const report = await patient.ended;
        expect(spokenByCarrier(report)).toMatch(/You are next in line\. .*Please try again in a few minutes/);
        const recorded = await platform.recorded(patient.sid);
        expect(recorded.refusalReason).toBe('no-capacity');
        expect(recorded.durationMs).toBeGreaterThanOrEqual(10_000);
      },
    );
    await hangUp(talking);
  });

  it(
    'wait in line in the order they came; who would rather be called back is promised it once it is on ' +
      'record',
    async () => {
      await platform.withAgent({ whenUnavailable: 'queue' }, async () => {
        const talking = platform.ring();
        await talking.waitForSpeech();
        const waitsBefore = await waitsCounted();
        const first = await ringAndHear(
          '+12025550141',
          'You are next in line. If you would like us to call you back instead, press 1.',
        );
        const impatient = await ringAndHear('+12025550142', 'You are number 2 in line');
        const third = await ringAndHear('+12025550143', 'You are number 3 in line');
        const withheld = await ringAndHear('+266696687', 'You are number 4 in line.');
        expect(said(withheld)).not.toContain('press 1');
        const { items: waiting } = await platform.ask<{ items: { from: string; wantsCallback: boolean }[] }>(
          '/v1/waiting-calls',
        );
        expect(waiting.map(({ from }) => from)).toEqual([
          '+12025550141',
          '+12025550142',
          '+12025550143',
          'anonymous',
        ]);

        expect(await hangUp(impatient)).toMatchObject({
          status: 'completed',
          refusalReason: 'abandoned',
          termination: { class: 'caller', reason: 'caller-hangup' },
        });
        await hears(third, 'You are number 2 in line');
        third.press('9');
        await platform.eventually(
          () => said(third).split('Thank you for calling'),
          (times) => times.length === 3,
          'everything to be said again',
        );
        third.press('1');
        expect(spokenByCarrier(await third.ended)).toMatch(
          /We will call you back at the number you are calling from\. Goodbye\.$/,
        );
        const { callId, durationMs } = await platform.recorded(third.sid);
        expect(durationMs).toBeGreaterThan(0);
        const { items } = await platform.ask<{ items: { callId: string; from: string }[] }>(
          '/v1/calls?refusalReason=callback-requested',
        );
        expect(items).toMatchObject([{ callId, from: '+12025550143' }]);
        expect(await platform.sql('SELECT type FROM outbox_events WHERE subject_id = $1', callId)).toEqual([
          { type: 'callback.requested' },
        ]);

        await hears(withheld, 'You are number 2 in line');
        await hangUp(talking);
        await first.waitForSpeech({ timeoutMs: 30_000 });
        await hears(withheld, 'You are next in line');
        expect(withheld.report().streams).toEqual([]);
        expect((await hangUp(first)).refusalReason).toBeNull();
        await withheld.waitForSpeech({ timeoutMs: 30_000 });
        expect((await hangUp(withheld)).refusalReason).toBeNull();
        expect((await waitsCounted()) - waitsBefore).toBe(2);
      });
    },
  );
});
