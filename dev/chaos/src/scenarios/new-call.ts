import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench/bench.ts';
import { percentile, shareOf } from '../history/run-view.ts';
import type { Goal } from '../run/scenario.ts';

const PATIENCE_MS = 20_000;

interface NewCall {
  /**
   * Ms from the first ring to the first word of the carrier's voice, or to the stream; NaN when there was
   * neither.
   */
  readonly answeredAfterMs: number;
  /** The agent spoke. */
  readonly isTaken: boolean;
  /** The carrier read its own error message. */
  readonly isBroken: boolean;
  /** Requests the carrier repeated because the first one was not answered. */
  readonly askedAgain: number;
}

/** Places a call, notes its answer, and hangs up. */
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
 * Places a call every few seconds; whether platform words were heard, and after what time, is measured as
 * `told` and `told-ms`.
 */
export async function newCallers(bench: Bench, until: number, everyMs: number): Promise<void> {
  while (Date.now() < until - everyMs) {
    const [{ answeredAfterMs, isBroken }] = await Promise.all([newCall(bench), sleep(everyMs)]);
    bench.measure('told', isBroken || Number.isNaN(answeredAfterMs) ? 0 : 1);
    bench.measure('told-ms', Math.round(answeredAfterMs));
  }
}

/** New callers hear words of the platform while something is away, within `atMost` ms. */
export function newCallersTold(id: string, atMost: number): Goal[] {
  return [
    {
      id,
      what: 'new callers who are told meanwhile',
      unit: '%',
      limit: { atLeast: 100 },
      figure: (run) => shareOf(run.measured('told'), (value) => value === 1),
    },
    {
      id,
      what: 'until they are, longest',
      unit: 'ms',
      limit: { atMost },
      figure: (run) => percentile(run.measured('told-ms'), 1),
    },
  ];
}

/**
 * Places calls until an agent takes one; the time since `since` (of `performance.now()`) is measured as
 * `taken-again-ms`.
 */
export async function callUntilTaken(bench: Bench, since: number): Promise<void> {
  while (performance.now() - since < PATIENCE_MS && !(await newCall(bench)).isTaken) await sleep(100);
  bench.measure('taken-again-ms', Math.round(performance.now() - since));
}

/** A new call is taken within `atMost` ms after the fault. */
export function takenAgainWithin(id: string, atMost: number): Goal {
  return {
    id,
    what: 'until a new call is taken again, longest',
    unit: 'ms',
    limit: { atMost },
    figure: (run) => percentile(run.measured('taken-again-ms'), 1),
  };
}
