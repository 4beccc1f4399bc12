import type { Bench } from '../../bench/bench.ts';
import { percentile, shareOf } from '../../history/run-view.ts';
import type { Scenario } from '../../run/scenario.ts';
import { gapWithin, nobodyLost, talkThrough, turnsKept } from '../figures.ts';

/** Stops a relay with SIGTERM, and measures how long it takes to exit. */
async function drain(bench: Bench, relay: string): Promise<void> {
  const startedAt = performance.now();
  await bench.strike('drain', relay, () => bench.fleet.signal(relay, 'SIGTERM'));
  bench.measure('gone-after-ms', Math.round(performance.now() - startedAt));
}

async function drainOne(bench: Bench): Promise<void> {
  const relay = await bench.pickHolder();
  await drain(bench, relay);
  await bench.fleet.restart(relay);
}

/** R6: a relay is stopped with SIGTERM at a random moment. */
export const relayDrained: Scenario = {
  name: 'R6',
  about: 'one of three relays asked to go (SIGTERM) at a random moment',
  goals: [
    nobodyLost('R6'),
    gapWithin('R6', 0.95, 1_500, 'drain'),
    {
      id: 'R6',
      what: 'until the process is gone, longest',
      unit: 's',
      limit: { atMost: 30 },
      figure: (run) => percentile(run.measured('gone-after-ms'), 1) / 1_000,
    },
    turnsKept('R5'),
  ],
  fleet: { relays: 3 },
  calls: 60,
  rounds: 10,
  isForPlain: true,
  fault: drainOne,
  round: talkThrough(drainOne),
};

/**
 * R7: a deployment rolls over the whole fleet. The calls of the first relay can only go to others of the old
 * revision, so they move twice; all others move once.
 */
export const fleetRolled: Scenario = {
  name: 'R7',
  about: 'all three relays restarted one after the other',
  goals: [
    nobodyLost('R7'),
    {
      id: 'R7',
      what: 'calls that were taken',
      unit: '%',
      limit: { atLeast: 100 },
      figure: (run) => shareOf(run.stories, ({ heard }) => heard.length > 0),
    },
    {
      id: 'R7',
      what: 'moves of one call, most',
      unit: '',
      limit: { atMost: 2 },
      figure: (run) => Math.max(0, ...run.stories.map(({ streams }) => streams.length - 1)),
    },
    gapWithin('R7', 0.95, 1_500, 'drain'),
    turnsKept('R5'),
  ],
  fleet: { relays: 3 },
  calls: 60,
  rounds: 4,
  isForPlain: true,
  round: async (bench) => {
    const revision = `rollout-${Date.now()}`;
    const early = Math.ceil(bench.calls * 0.7);
    await bench.place(early);
    await bench.waitForTurns(1, 30_000);
    const late = bench.place(bench.calls - early);
    for (const relay of bench.fleet.relays) {
      await drain(bench, relay);
      await bench.fleet.restart(relay, revision);
    }
    await late;
    await bench.waitForTurns(2, 30_000);
    await bench.collect();
  },
};
