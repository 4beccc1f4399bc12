import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench/bench.ts';
import { measure } from '../effects/business.ts';

const PATIENCE_MS = 20_000;

interface NewCall {
  /**
   * From the first ring to the first word of the carrier's voice, or to the stream; NaN when there was
   * neither.
   */
  readonly answeredAfterMs: number;
  /** The agent spoke. */
  readonly isTaken: boolean;
  /** The carrier read its own error message. */
  readonly isBroken: boolean;
  /** Questions the carrier asked again because the first time nobody answered. */
  readonly askedAgain: number;
}

/** Somebody calls, hears who answers, and hangs up. */
export async function newCall(bench: Bench): Promise<NewCall> {
  const call = bench.fleet.ring();
  const startedAt = performance.now();
  let answeredAfterMs = Number.NaN;
  let isTaken = false;
  let askedAgain = 0;
  call.listen((entry) => {
    if (entry.kind === 'webhook') askedAgain += entry.attempts - 1;
    if (Number.isNaN(answeredAfterMs) && (entry.kind === 'said' || entry.kind === 'stream-open'))
      answeredAfterMs = performance.now() - startedAt;
    isTaken ||= entry.kind === 'agent-started';
  });
  await bench.until(() => isTaken || call.hasEnded, PATIENCE_MS);
  call.hangup();
  const { endedBy } = await call.ended;
  return { answeredAfterMs, isTaken, isBroken: endedBy === 'application-error', askedAgain };
}

/**
 * Somebody calls every few seconds; whether they were told something by us, and after how long, is measured
 * as `told` and `told-ms`.
 */
export async function newCallers(bench: Bench, until: number, everyMs: number): Promise<void> {
  while (Date.now() < until - everyMs) {
    const [{ answeredAfterMs, isBroken }] = await Promise.all([newCall(bench), sleep(everyMs)]);
    measure(bench, 'told', isBroken || Number.isNaN(answeredAfterMs) ? 0 : 1);
    measure(bench, 'told-ms', Math.round(answeredAfterMs));
  }
}
