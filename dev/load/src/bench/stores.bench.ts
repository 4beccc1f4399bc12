import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis } from '@tandem/call-state';
import { cpuMsOf } from '../host/process-cpu.ts';
import { PumpedPlatform } from '../load/pumped-platform.ts';

/** Cost of the calls of one relay to Redis and Postgres. */
export interface StoreFigures {
  readonly calls: number;
  readonly seconds: number;
  /** While calls talk, per second of one call. */
  readonly redisCpuMsPerCallSecond: number;
  readonly redisCommandsPerCallSecond: number;
  readonly eventsPerCallSecond: number;
  readonly postgresCpuMsPerCallSecond: number;
  readonly redisBytesPerCall: number;
  /** To admit, end and persist one call, on top of its seconds. */
  readonly redisCpuMsPerCall: number;
  readonly postgresCpuMsPerCall: number;
}

const CALLS = 200;
const PER_SECOND = 10;
const SETTLE_MS = 6_000;
const STEADY_SECONDS = 40;
const PERSISTED_LIMIT_MS = 60_000;

interface Reading {
  readonly at: number;
  readonly redisMs: number;
  readonly postgresMs: number;
  readonly commands: number;
  readonly events: number;
  readonly bytes: number;
}

/** Measures 200 calls that talk, and then what it takes to admit and to persist them. */
export async function benchStores(): Promise<StoreFigures> {
  const running = await PumpedPlatform.start(CALLS, false);
  const redis = connectRedis(running.platform.stack.redis.url, 'command');
  const read = async (): Promise<Reading> => {
    const { stack } = running.platform;
    const info = await redis.info('all');
    const number = (name: string) => Number(new RegExp(`^${name}(\\d+)`, 'm').exec(info)?.[1] ?? Number.NaN);
    return {
      at: performance.now(),
      redisMs: cpuMsOf(stack.redis.pid ?? 0),
      postgresMs: cpuMsOf(stack.postgres.pid ?? 0),
      commands: number('total_commands_processed:'),
      events: number('cmdstat_xadd:calls='),
      bytes: number('used_memory:'),
    };
  };
  try {
    await running.warmUp();
    const begun = await read();
    await running.place(CALLS, PER_SECOND);
    await sleep(SETTLE_MS);
    const placed = await read();
    await sleep(STEADY_SECONDS * 1000);
    const talked = await read();
    await running.hangUpAll();
    await untilPersisted(running);
    const ended = await read();
    const seconds = (talked.at - placed.at) / 1000;
    const perCallSecond = (of: (reading: Reading) => number) => (of(talked) - of(placed)) / (CALLS * seconds);
    // Placed one after the other, they have talked for half of that time on average.
    const talkedBefore = (placed.at - begun.at - SETTLE_MS) / 2_000 + SETTLE_MS / 1_000;
    const perCall = (of: (reading: Reading) => number) =>
      (of(placed) - of(begun) + of(ended) - of(talked)) / CALLS - perCallSecond(of) * talkedBefore;
    return {
      calls: CALLS,
      seconds,
      redisCpuMsPerCallSecond: perCallSecond(({ redisMs }) => redisMs),
      redisCommandsPerCallSecond: perCallSecond(({ commands }) => commands),
      eventsPerCallSecond: perCallSecond(({ events }) => events),
      postgresCpuMsPerCallSecond: perCallSecond(({ postgresMs }) => postgresMs),
      redisBytesPerCall: (talked.bytes - begun.bytes) / CALLS,
      redisCpuMsPerCall: perCall(({ redisMs }) => redisMs),
      postgresCpuMsPerCall: perCall(({ postgresMs }) => postgresMs),
    };
  } finally {
    redis.disconnect();
    await running.stop();
  }
}

async function untilPersisted({ platform }: PumpedPlatform): Promise<void> {
  await platform.eventually(
    () => platform.sql<{ open: string }>('SELECT count(*) AS open FROM calls WHERE ended_at IS NULL'),
    ([row]) => row?.open === '0',
    'all calls to be persisted',
    PERSISTED_LIMIT_MS,
  );
}
