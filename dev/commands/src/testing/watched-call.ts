import { expect } from '@jest/globals';
import type { CallEvent } from '@tandem/contracts';
import type { CallReport, SimulatedCall } from '@tandem/simulators';
import { answer, type RunningPlatform } from './running-platform.ts';

export const kindsOf = (report: CallReport) => report.timeline.map(({ kind }) => kind);

/** Resolves once the carrier has seen this kind of thing this many times. */
export const happened = (platform: RunningPlatform, call: SimulatedCall, kind: string, times = 1) =>
  platform.eventually(
    () => kindsOf(call.report()).filter((seen) => seen === kind).length,
    (count) => count >= times,
    `${kind} of ${call.sid}`,
  );

export async function eventsOf(platform: RunningPlatform, call: SimulatedCall): Promise<CallEvent[]> {
  return (await platform.records.events(await platform.callIdOf(call.sid))).events;
}

/** Hears the agent on the second stream to its end, answers, hears it again and hangs up. */
export async function talkOn(platform: RunningPlatform, call: SimulatedCall): Promise<CallReport> {
  await happened(platform, call, 'stream-open', 2);
  const heardOnIt = () =>
    kindsOf(call.report()).lastIndexOf('agent-started') > kindsOf(call.report()).lastIndexOf('stream-open');
  await platform.eventually(heardOnIt, Boolean, 'the agent on the new stream');
  await answer(call);
  await call.waitForSpeech();
  await call.waitForSilence(500);
  call.hangup();
  return call.ended;
}

/** Asserts that the relays numbered their events without a gap or a repeat. */
export function expectGapless(events: readonly CallEvent[]): void {
  const numbers = events.filter(({ epoch }) => epoch > 0).map(({ seq }) => seq);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
}
