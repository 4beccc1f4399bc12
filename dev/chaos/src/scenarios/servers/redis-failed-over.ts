import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../../bench/bench.ts';
import type { TandemFleet } from '../../bench/tandem-fleet.ts';
import { check } from '../../history/checker.ts';
import type { Scenario } from '../../run/scenario.ts';
import { most, nobodyLost, talkThrough, turnsKept } from '../figures.ts';
import { callUntilTaken, takenAgainWithin } from '../new-call.ts';

const MISSED_MS = 1_000;
/** By then the calls of a dead relay are with another one. */
const MISSED_WITH_MOVES_MS = 3_000;
const CONVERGED_AFTER_MS = 5_000;

/** In half of the rounds a relay dies too, and the new owners of its calls are among the lost writes. */
async function failOver(bench: Bench): Promise<void> {
  const fleet = bench.fleet as TandemFleet;
  await fleet.redisPair.isolateFollower();
  const dead = bench.random() < 0.5 ? await bench.pickHolder() : null;
  if (dead !== null) await bench.strike('kill', dead, () => fleet.signal(dead, 'SIGKILL'));
  await sleep(dead === null ? MISSED_MS : MISSED_WITH_MOVES_MS);
  bench.history.add({ kind: 'fault', what: 'redis-failed-over', target: 'redis', held: [] });
  const at = performance.now();
  const failing = fleet.redisPair.failOver();
  await callUntilTaken(bench, at);
  await failing;
  await sleep(Math.max(0, CONVERGED_AFTER_MS - (performance.now() - at)));
  const owned = new Set([...(await bench.holdings()).values()].flat());
  bench.measure(
    'without-owner',
    bench.callers.filter(({ call }) => !call.hasEnded && !owned.has(call.sid)).length,
  );
  bench.history.add({ kind: 'fault-over', what: 'redis-failed-over', target: 'redis' });
  if (dead !== null) await fleet.restart(dead);
}

/** R15: Redis is replaced by a replica that lacks the last writes. */
export const redisFailedOver: Scenario = {
  name: 'R15',
  about: 'Redis killed, a replica that missed the last second or three leads from then on',
  goals: [
    nobodyLost('R15'),
    {
      id: 'R15',
      what: 'calls without an owner 5 s after',
      unit: '',
      limit: { atMost: 0 },
      figure: (run) => most(run, 'without-owner'),
    },
    {
      id: 'R15',
      what: 'calls with two owners, and other violations',
      unit: '',
      limit: { atMost: 0 },
      figure: (run) => check(run.entries).length,
    },
    takenAgainWithin('R15', 5_000),
    turnsKept('R15'),
  ],
  fleet: { relays: 3, lines: ['redis'], hasRedisReplica: true },
  calls: 40,
  rounds: 8,
  isForPlain: false,
  round: talkThrough(failOver),
};
