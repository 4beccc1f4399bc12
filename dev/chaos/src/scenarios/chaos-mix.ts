import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench/bench.ts';
import type { TandemFleet } from '../bench/tandem-fleet.ts';
import type { CallStory } from '../history/call-story.ts';
import { check } from '../history/checker.ts';
import { shareOf } from '../history/run-view.ts';
import type { Scenario } from '../run/scenario.ts';
import { turnsKept } from './figures.ts';

const ROUND_MS = 60_000;
const FAULT_EVERY_MS = 8_000;
/** Time after the last fault of a round: everything is repaired and every caller is answered again. */
const CALM_MS = 8_000;
const FROZEN_MS = 6_000;
const DOWN_MS = 1_000;
/** Longest time a caller stays. */
const TALK_MS = 40_000;

type Trouble = (bench: Bench, fleet: TandemFleet) => Promise<void>;

/** Faults that may strike alone; each resolves when its promise is due. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  'relay killed': async (bench, fleet) => {
    const relay = bench.pick(fleet.relays);
    await bench.strike('kill', relay, () => fleet.signal(relay, 'SIGKILL'));
    await sleep(DOWN_MS);
    await fleet.restart(relay);
  },
  'relay frozen': async (bench, fleet) => {
    const relay = bench.pick(fleet.relays);
    await bench.strike('freeze', relay, () => fleet.signal(relay, 'SIGSTOP'));
    await sleep(FROZEN_MS);
    await fleet.signal(relay, 'SIGCONT');
  },
  'relay redeployed': async (bench, fleet) => {
    const relay = bench.pick(fleet.relays);
    await bench.strike('drain', relay, () => fleet.restart(relay));
  },
  'ingress killed': (bench, fleet) => restarted(bench, fleet, bench.pick(fleet.instances('call-ingress'))),
  'post-call worker killed': (bench, fleet) => restarted(bench, fleet, 'post-call-worker'),
  'Redis restarted with nothing in it': async (bench, fleet) => {
    const { redis } = fleet.platform.stack;
    await bench.strike('redis-killed', 'redis', () => redis.kill('SIGKILL'));
    await redis.start();
  },
  'Postgres killed': async (bench, fleet) => {
    const { postgres } = fleet.platform.stack;
    await bench.strike('postgres-killed', 'postgres', () => postgres.kill('SIGKILL'));
    await postgres.start();
  },
  'line to the model reset for some': async (bench, fleet) => {
    await bench.strike('model-resets', 'model', () =>
      Promise.resolve(fleet.line('model').cut('reset', 0.1, bench.random)),
    );
  },
  'line to Redis slow': (bench, fleet) => badLine(bench, fleet, { latencyMs: 80 }),
  'line to Redis silent': (bench, fleet) => badLine(bench, fleet, { isSilent: true }),
};

async function restarted(bench: Bench, fleet: TandemFleet, instance: string): Promise<void> {
  await bench.strike('worker-killed', instance, () => fleet.signal(instance, 'SIGKILL'));
  await fleet.restart(instance);
}

async function badLine(
  bench: Bench,
  fleet: TandemFleet,
  faults: { readonly latencyMs?: number; readonly isSilent?: boolean },
): Promise<void> {
  await bench.strike('redis-line', 'redis', () => Promise.resolve(fleet.line('redis').set(faults)));
  await sleep(DOWN_MS * 3);
  fleet.line('redis').set({});
}

const wasTaken = ({ heard }: CallStory): boolean => heard.length > 0;

/** R37, R38: a fault strikes every few seconds while callers come and go. */
export const chaosMix: Scenario = {
  name: 'R37',
  about: 'something goes wrong every 8 s while people come and go',
  goals: [
    {
      id: 'R37',
      what: 'calls taken that the caller ended',
      unit: '%',
      limit: { atLeast: 99.5 },
      figure: (run) => shareOf(run.stories.filter(wasTaken), ({ ended }) => ended?.by === 'hangup-by-party'),
    },
    {
      id: 'R37',
      what: "callers not taken who heard the carrier's own error message",
      unit: '',
      limit: { atMost: 0 },
      figure: (run) =>
        run.stories.filter((story) => !wasTaken(story) && story.ended?.by === 'application-error').length,
    },
    {
      id: 'R38',
      what: 'violations of what must hold',
      unit: '',
      limit: { atMost: 0 },
      figure: (run) => check(run.entries).length,
    },
    turnsKept('R5'),
  ],
  fleet: { relays: 3, replicas: { 'call-ingress': 2 }, lines: ['redis', 'model'] },
  calls: 50,
  rounds: 5,
  isForPlain: false,
  round: async (bench) => {
    const fleet = bench.fleet as TandemFleet;
    await bench.place(bench.calls);
    const until = Date.now() + ROUND_MS;
    const going = comeAndGo(bench, until);
    while (Date.now() < until - CALM_MS) {
      const name = bench.pick(Object.keys(TROUBLES));
      bench.log(`  ${name}`);
      // One fault at a time: there is no promise for a call struck by two at once.
      await Promise.all([TROUBLES[name]?.(bench, fleet), sleep(FAULT_EVERY_MS)]);
    }
    await going;
    await bench.waitForTurns(1, 30_000);
    await bench.collect();
  },
};

/** Replaces callers who have talked long enough. */
async function comeAndGo(bench: Bench, until: number): Promise<void> {
  while (Date.now() < until) {
    await sleep((TALK_MS / bench.calls) * (0.5 + bench.random()));
    await bench.replaceOne();
  }
}
