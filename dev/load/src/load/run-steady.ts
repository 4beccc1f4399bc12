import { setTimeout as sleep } from 'node:timers/promises';
import type { Spread } from '../pump/histogram.ts';
import type { PumpedPlatform } from './pumped-platform.ts';

export interface SteadyOptions {
  readonly calls: number;
  readonly seconds: number;
  readonly rampPerSecond: number;
  readonly log: (line: string) => void;
}

export interface SteadyResult {
  readonly calls: number;
  readonly seconds: number;
  readonly isPinned: boolean;
  readonly lost: number;
  /** Share of one core the relay used. */
  readonly coreShare: number;
  readonly cpuMsPerCallSecond: number;
  readonly cpuMsPerSetUp: number;
  readonly residentKbPerCall: number;
  readonly heapKbPerCall: number;
  readonly toModel: Spread;
  readonly toCaller: Spread;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly driver: { readonly coreShare: number; readonly lateness: Spread; readonly framesSent: number; readonly framesArrived: number };
}

const SETTLE_MS = 10_000;

/** Calls that go on and on: what one second of one call costs, what a set-up costs, what is held for each. */
export async function runSteady(options: SteadyOptions, running: PumpedPlatform): Promise<SteadyResult> {
  const { calls, seconds, rampPerSecond, log } = options;
  log('Warming up');
  await running.warmUp();
  const empty = await running.relay();
  log(`Placing ${calls} calls, ${rampPerSecond} a second`);
  const startedAt = performance.now();
  await running.place(calls, rampPerSecond);
  const rampSeconds = (performance.now() - startedAt) / 1000;
  const full = await running.relay();
  await sleep(SETTLE_MS);
  log(`${full.activeCalls} calls are up; measuring for ${seconds} s`);
  const { before, after, pump } = await running.observe(seconds);
  const cpuMs = (after.cpuSeconds - before.cpuSeconds) * 1000;
  const cpuMsPerCallSecond = cpuMs / (calls * pump.seconds);
  const rampCpuMs = (full.cpuSeconds - empty.cpuSeconds) * 1000;
  return {
    calls,
    seconds: pump.seconds,
    isPinned: running.isPinned,
    lost: pump.carrier.lost + pump.refused,
    coreShare: cpuMs / 1000 / pump.seconds,
    cpuMsPerCallSecond,
    cpuMsPerSetUp: (rampCpuMs - cpuMsPerCallSecond * (rampSeconds / 2) * calls) / calls,
    residentKbPerCall: (after.residentBytes - empty.residentBytes) / 1024 / calls,
    heapKbPerCall: (after.heapBytes - empty.heapBytes) / 1024 / calls,
    toModel: pump.model.latency,
    toCaller: pump.carrier.latency,
    loopDelayP99Ms: after.loopDelayP99Ms,
    loopDelayMaxMs: after.loopDelayMaxMs,
    driver: { coreShare: pump.coreShare, lateness: pump.lateness, framesSent: pump.carrier.framesSent, framesArrived: pump.model.framesArrived },
  };
}
