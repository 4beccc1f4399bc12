import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../../history/run-view.ts';
import type { Scenario } from '../../run/scenario.ts';
import { nobodyLost, turnsKept } from '../figures.ts';

const STALL_MS = 2_000;
const SETTLED_MS = 1_000;
const LOOK_MS = 2_000;

/** R35: a relay does nothing for two seconds, as in a stalled event loop, and continues. */
export const relayStalled: Scenario = {
  name: 'R35',
  about: 'one relay stands still for 2 s',
  goals: [
    nobodyLost('R35'),
    {
      id: 'R35',
      what: 'calls that changed their relay for it',
      unit: '',
      limit: { atMost: 0 },
      figure: (run) => run.losses('stall').filter(({ story }) => story.streams.length > 1).length,
    },
    {
      id: 'R35',
      what: 'lateness of its event loop 1 s after, p99',
      unit: 'ms',
      limit: { atMost: 20 },
      figure: (run) => percentile(run.measured('loop-late-ms'), 1),
    },
    turnsKept('R5'),
  ],
  fleet: { relays: 2 },
  calls: 40,
  rounds: 5,
  isForPlain: true,
  round: async (bench) => {
    await bench.place(bench.calls);
    await bench.waitForTurns(1, 30_000);
    const relay = await bench.pickHolder();
    await bench.strike('stall', relay, () => bench.fleet.signal(relay, 'SIGSTOP'));
    await sleep(STALL_MS);
    await bench.fleet.signal(relay, 'SIGCONT');
    await sleep(SETTLED_MS);
    await bench.fleet.loopDelayMs(relay);
    await sleep(LOOK_MS);
    bench.measure('loop-late-ms', await bench.fleet.loopDelayMs(relay));
    await bench.waitForTurns(1, 30_000);
    await bench.collect();
  },
};
