import { setTimeout as sleep } from 'node:timers/promises';
import type { Spread } from '../pump/histogram.ts';
import type { PumpedPlatform } from './pumped-platform.ts';

/** One step of the ramp: a number of calls, held for a while. */
export interface RampStep {
  readonly calls: number;
  readonly seconds: number;
  /** Share of one core the relay used. */
  readonly coreShare: number;
  readonly cpuMsPerCallSecond: number;
  readonly residentBytes: number;
  /** Latency from carrier to model and back, the driver's own sockets included. */
  readonly toModel: Spread;
  readonly toCaller: Spread;
  readonly loopDelayP99Ms: number;
  readonly lost: number;
  /** Lateness of the driver itself: above some milliseconds a step says nothing about the relay. */
  readonly driverLateMs: number;
  readonly driverCoreShare: number;
}

export interface Ramp {
  readonly emptyResidentBytes: number;
  readonly steps: readonly RampStep[];
  /** CPU cost of setting up one call, on top of its seconds. */
  readonly cpuMsPerSetUp: number;
  readonly residentKbPerCall: number;
  /** The most calls within the budget; a bound from below when the driver gave out first. */
  readonly callsPerCore: number;
  readonly endedBecause: 'latency' | 'core' | 'driver' | 'asked';
}

interface RampOptions {
  /** Calls of the step that is held for `seconds`; steps on the way to it are short. */
  readonly calls: number;
  readonly seconds: number;
  /** Continues after it until the budget is used up. */
  readonly isToTheLimit: boolean;
  readonly perSecond: number;
  readonly log: (line: string) => void;
}

/** A relay may add this much at the 99th percentile, and use this much of a core. */
export const BUDGET = { addedP99Ms: 5, coreShare: 0.9 } as const;
const STEP_CALLS = 100;
const MOST_CALLS = 1_000;
const SHORT_SECONDS = 12;
const SETTLE_MS = 6_000;
const DRIVER_LATE_MS = 5;

/** Places calls in steps, each held and measured, up to the wanted number and on to the limit of one core. */
export async function runRamp(options: RampOptions, running: PumpedPlatform): Promise<Ramp> {
  const { calls: top, seconds, isToTheLimit, perSecond, log } = options;
  const empty = await running.relay();
  const steps: RampStep[] = [];
  let setUpCpuMs = Number.NaN;
  let endedBecause: Ramp['endedBecause'] = 'asked';
  let up = 0;
  for (let calls = Math.min(STEP_CALLS, top); calls <= MOST_CALLS; calls = next(calls, top)) {
    const before = await running.relay();
    const startedAt = performance.now();
    await running.place(calls - up, perSecond);
    const placedSeconds = (performance.now() - startedAt) / 1000;
    const placed = await running.relay();
    await sleep(SETTLE_MS);
    const step = await hold(running, calls, calls === top ? seconds : SHORT_SECONDS);
    steps.push(step);
    log(
      `${calls} calls: p99 ${step.toModel.p99Ms.toFixed(2)} ms to the model, ` +
        `${step.toCaller.p99Ms.toFixed(2)} ms to the caller, ${(step.coreShare * 100).toFixed(0)} % of a ` +
        'core',
    );
    if (calls === top)
      setUpCpuMs =
        ((placed.cpuSeconds - before.cpuSeconds) * 1000 -
          step.cpuMsPerCallSecond * placedSeconds * ((calls + up) / 2)) /
        (calls - up);
    up = calls;
    const limit = limitOf(step);
    if (limit && calls >= top) {
      endedBecause = limit;
      break;
    }
    if (calls >= top && !isToTheLimit) break;
  }
  await running.hangUpAll();
  const within = steps.filter((step) => limitOf(step) === null);
  return {
    emptyResidentBytes: empty.residentBytes,
    steps,
    cpuMsPerSetUp: setUpCpuMs,
    residentKbPerCall:
      slopeOf([
        [0, empty.residentBytes],
        ...steps.map((step): [number, number] => [step.calls, step.residentBytes]),
      ]) / 1024,
    callsPerCore: Math.max(0, ...within.map(({ calls }) => calls)),
    endedBecause,
  };
}

async function hold(running: PumpedPlatform, calls: number, seconds: number): Promise<RampStep> {
  const { before, after, pump } = await running.observe(seconds);
  const cpuMs = (after.cpuSeconds - before.cpuSeconds) * 1000;
  return {
    calls,
    seconds: pump.seconds,
    coreShare: cpuMs / 1000 / pump.seconds,
    cpuMsPerCallSecond: cpuMs / (calls * pump.seconds),
    residentBytes: after.residentBytes,
    toModel: pump.model.latency,
    toCaller: pump.carrier.latency,
    loopDelayP99Ms: after.loopDelayP99Ms,
    lost: pump.carrier.lost,
    driverLateMs: pump.lateness.p99Ms,
    driverCoreShare: pump.coreShare,
  };
}

function next(calls: number, top: number): number {
  return calls < top ? Math.min(top, calls + STEP_CALLS) : calls + STEP_CALLS;
}

function limitOf(step: RampStep): 'latency' | 'core' | 'driver' | null {
  if (step.driverLateMs > DRIVER_LATE_MS) return 'driver';
  if (Math.max(step.toModel.p99Ms, step.toCaller.p99Ms) > BUDGET.addedP99Ms) return 'latency';
  return step.coreShare > BUDGET.coreShare ? 'core' : null;
}

/** Returns the slope of the best-fitting straight line. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
}
