import { setTimeout as sleep } from 'node:timers/promises';
import type { TandemFleet } from '../../bench/tandem-fleet.ts';
import { percentile, shareOf } from '../../history/run-view.ts';
import type { Scenario } from '../../run/scenario.ts';
import { none, some } from '../figures.ts';
import { newCall } from '../new-call.ts';

/** Calls placed at the same moment, so that requests are in progress when the ingress dies. */
const AT_ONCE = 15;
const PAUSE_MS = 2_000;
const LATEST_KILL_MS = 40;

/** R10: call-ingress processes die while the carrier's requests are in progress. */
export const ingressKilled: Scenario = {
  name: 'R10',
  about: 'one of three call-ingress killed (SIGKILL) over the questions of the carrier',
  goals: [
    some('R10', 'ingresses that died', 'killed'),
    some('R10', 'questions that had to be asked again', 'asked-again'),
    {
      id: 'R10',
      what: 'calls an agent answered',
      unit: '%',
      limit: { atLeast: 100 },
      figure: (run) => shareOf(run.measured('taken'), (value) => value === 1),
    },
    {
      id: 'R10',
      what: 'until they were, longest',
      unit: 'ms',
      limit: { atMost: 3_000 },
      figure: (run) => percentile(run.measured('answered-ms'), 1),
    },
    none('R10', "callers who heard the carrier's own error message", 'broken'),
  ],
  fleet: { relays: 2, replicas: { 'call-ingress': 3 } },
  calls: 150,
  rounds: 4,
  isForPlain: false,
  round: async (bench) => {
    const fleet = bench.fleet as TandemFleet;
    for (let placed = 0; placed < bench.calls; placed += AT_ONCE) {
      const calls = Array.from({ length: Math.min(AT_ONCE, bench.calls - placed) }, async () => {
        const { answeredAfterMs, isTaken, isBroken, askedAgain } = await newCall(bench);
        bench.measure('answered-ms', Math.round(answeredAfterMs));
        bench.measure('taken', isTaken ? 1 : 0);
        bench.measure('broken', isBroken ? 1 : 0);
        bench.measure('asked-again', askedAgain);
      });
      await sleep(bench.random() * LATEST_KILL_MS);
      const ingress = bench.pick(fleet.instances('call-ingress'));
      await bench.strike('ingress-killed', ingress, () => fleet.signal(ingress, 'SIGKILL'));
      bench.measure('killed', 1);
      await Promise.all([...calls, fleet.restart(ingress), sleep(PAUSE_MS)]);
    }
  },
};
