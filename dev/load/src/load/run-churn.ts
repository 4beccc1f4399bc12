import { setTimeout as sleep } from 'node:timers/promises';
import type { PumpedPlatform } from './pumped-platform.ts';
import { slopeOf } from './run-ramp.ts';

interface ChurnSample {
  readonly seconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
}

export interface Churn {
  readonly seconds: number;
  /** Calls running at any time. */
  readonly atOnce: number;
  /** Calls that came and went. */
  readonly calls: number;
  readonly lost: number;
  readonly samples: readonly ChurnSample[];
  /** Over the time after the first quarter. */
  readonly residentMbPerHour: number;
  readonly lowestHeapMbPerHour: number;
  /** Active event loop resources after the last call, less those before the first. */
  readonly resourcesLeft: number;
}

/** A call lives for this long. */
const LIFE_SECONDS = 25;
/** Timers and closing sockets of calls that were are gone by then. */
const REST_MS = 8_000;
const SHORTEST_SAMPLE_MS = 5_000;
const SAMPLES = 120;
/**
 * Heap in use rises and falls with the garbage collector. The lowest value in each of this many stretches is
 * the memory really held.
 */
const STRETCHES = 6;

/** Starts and ends calls for a while and measures the memory they leave behind. */
export async function runChurn(
  seconds: number,
  atOnce: number,
  log: (line: string) => void,
  running: PumpedPlatform,
): Promise<Churn> {
  const sampleMs = Math.max(SHORTEST_SAMPLE_MS, (seconds * 1000) / SAMPLES);
  await sleep(REST_MS);
  const before = await running.relay();
  await running.place(atOnce, 12);
  await running.pump.reset();
  const startedAt = performance.now();
  const samples: ChurnSample[] = [];
  let calls = 0;
  for (let nextSampleAt = 0; ;) {
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs >= nextSampleAt) {
      const { residentBytes, heapBytes } = await running.relay();
      samples.push({ seconds: elapsedMs / 1000, residentBytes, heapBytes });
      nextSampleAt += sampleMs;
      if (samples.length % 12 === 0)
        log(
          `${Math.round(elapsedMs / 1000)} s: ${calls} calls have come and gone, ` +
            `${(residentBytes / 1e6).toFixed(0)} MB resident`,
        );
    }
    if (elapsedMs >= seconds * 1000) break;
    await running.pump.hangUp(1);
    // Refused: the pump counts it, and it counts as lost.
    await running.place(1, atOnce / LIFE_SECONDS).catch(() => undefined);
    calls += 1;
  }
  const { carrier, refused } = await running.pump.figures();
  await running.hangUpAll();
  await sleep(REST_MS);
  const after = await running.relay();
  const settled = samples.slice(Math.floor(samples.length / 4));
  const stretch = Math.ceil(settled.length / STRETCHES);
  const lows = settled.flatMap((_sample, index) =>
    index % stretch === 0 ? [lowest(settled.slice(index, index + stretch))] : [],
  );
  return {
    seconds,
    atOnce,
    calls,
    lost: carrier.lost + refused,
    samples,
    residentMbPerHour:
      (slopeOf(settled.map((sample) => [sample.seconds, sample.residentBytes])) * 3600) / 1e6,
    lowestHeapMbPerHour: (slopeOf(lows.map((sample) => [sample.seconds, sample.heapBytes])) * 3600) / 1e6,
    resourcesLeft: after.activeResources - before.activeResources,
  };
}

function lowest(samples: readonly ChurnSample[]): ChurnSample {
  return samples.reduce((low, sample) => (sample.heapBytes < low.heapBytes ? sample : low));
}
