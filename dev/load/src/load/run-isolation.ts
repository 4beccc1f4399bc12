import { setTimeout as sleep } from 'node:timers/promises';
import type { Spread } from '../pump/histogram.ts';
import type { PumpedPlatform } from './pumped-platform.ts';

export interface Isolation {
  readonly calls: number;
  readonly alone: { readonly toModel: Spread; readonly toCaller: Spread };
  /** Latencies of the same calls beside one that floods and one that reads nothing. */
  readonly beside: { readonly toModel: Spread; readonly toCaller: Spread };
  readonly shiftMs: number;
  readonly lost: number;
  readonly floodFrames: number;
  readonly floodFramesDropped: number;
  /** Stalled calls that the relay ended. */
  readonly stalledEnded: number;
}

const CALLS = 50;
const SECONDS = 20;
const SETTLE_MS = 8_000;
const STALLED_EVERY_MS = 8_000;

/**
 * Measures how a caller who floods at fifty times real time, and callers who read nothing, affect other
 * calls.
 */
export async function runIsolation(running: PumpedPlatform): Promise<Isolation> {
  await running.place(CALLS, 12);
  await sleep(SETTLE_MS);
  const alone = await running.observe(SECONDS);
  const counted = alone.after.streamEvents;
  await running.place(1, 1, 'floods');
  const stalling = placeStalled(running);
  const beside = await running.observe(SECONDS);
  await stalling;
  await sleep(SETTLE_MS);
  const { odd } = await running.pump.figures();
  await running.hangUpAll();
  const { streamEvents } = await running.relay();
  const since = (what: string): number => (streamEvents[what] ?? 0) - (counted[what] ?? 0);
  const ways = ['model', 'carrier'] as const;
  return {
    calls: CALLS,
    alone: { toModel: alone.pump.model.latency, toCaller: alone.pump.carrier.latency },
    beside: { toModel: beside.pump.model.latency, toCaller: beside.pump.carrier.latency },
    shiftMs: Math.max(...ways.map((way) => beside.pump[way].latency.p99Ms - alone.pump[way].latency.p99Ms)),
    lost: beside.pump.carrier.lost,
    floodFrames: odd.framesSent,
    floodFramesDropped: since('floodedFrames'),
    stalledEnded: since('stalledPlayouts'),
  };
}

/** The relay ends a stalled call after a while, so there is one after the other. */
async function placeStalled(running: PumpedPlatform): Promise<void> {
  for (let elapsedMs = 0; elapsedMs < SECONDS * 1000; elapsedMs += STALLED_EVERY_MS) {
    await running.place(1, 1, 'stalls');
    await sleep(STALLED_EVERY_MS - 1_000);
  }
}
