import type { SimulatedCall } from '@tandem/simulators';
import { answer, type RunningPlatform } from './running-platform.ts';

/** Places a call in which the caller says one thing, hears the agent out, and hangs up. */
export async function shortCall(platform: RunningPlatform): Promise<SimulatedCall> {
  const call = platform.ring();
  await answer(call);
  await call.waitForSpeech();
  await call.waitForSilence(600);
  call.hangup();
  await call.ended;
  return call;
}
