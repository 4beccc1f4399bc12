import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../../bench/bench.ts';
import type { TandemFleet } from '../../bench/tandem-fleet.ts';
import type { Scenario } from '../../run/scenario.ts';
import { turnsAnswered, nobodyLost, talkThrough, turnsKept } from '../figures.ts';
import { callUntilTaken, newCallers, newCallersTold, takenAgainWithin } from '../new-call.ts';

const OUTAGE_MS = 60_000;
const NEW_CALL_EVERY_MS = 5_000;

async function restartRedis(bench: Bench): Promise<void> {
  const { redis } = (bench.fleet as TandemFleet).platform.stack;
  bench.history.add({ kind: 'fault', what: 'redis-killed', target: 'redis', held: [] });
  await redis.kill('SIGKILL');
  await redis.start();
  bench.history.add({ kind: 'fault-over', what: 'redis-killed', target: 'redis' });
  await callUntilTaken(bench, performance.now());
}

/** R13: Redis dies, loses all data, and is back at once. */
export const redisRestarted: Scenario = {
  name: 'R13',
  about: 'Redis killed and started again with nothing in it',
  goals: [nobodyLost('R13'), takenAgainWithin('R13', 5_000), turnsAnswered('R13'), turnsKept('R13')],
  fleet: { relays: 2 },
  calls: 40,
  rounds: 5,
  isForPlain: false,
  fault: restartRedis,
  round: talkThrough(restartRedis),
};

/** R14: Redis is away for a minute. */
export const redisGone: Scenario = {
  name: 'R14',
  about: 'Redis gone for 60 s',
  goals: [nobodyLost('R14'), turnsAnswered('R14'), ...newCallersTold('R14', 3_000), turnsKept('R14')],
  fleet: { relays: 2 },
  calls: 40,
  rounds: 1,
  isForPlain: false,
  round: async (bench) => {
    const { redis } = (bench.fleet as TandemFleet).platform.stack;
    await bench.place(bench.calls);
    await bench.waitForTurns(1, 30_000);
    bench.history.add({ kind: 'fault', what: 'redis-gone', target: 'redis', held: [] });
    await redis.kill('SIGKILL');
    await newCallers(bench, Date.now() + OUTAGE_MS, NEW_CALL_EVERY_MS);
    await redis.start();
    bench.history.add({ kind: 'fault-over', what: 'redis-gone', target: 'redis' });
    await bench.waitForTurns(2, 30_000);
    await sleep(5_000); // Long enough for the reaper to close the calls as lost, if it wrongly did.
    await bench.collect();
  },
};
