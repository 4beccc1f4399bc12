import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../../history/run-view.ts';
import type { Scenario } from '../../run/scenario.ts';
import { backWithin, callsContinue, turnsKept } from '../figures.ts';

const LOOKS = 30;
const LOOK_MS = 100;

/** R8: half of all calls move to the other relay at once, which is full then. */
export const relayHerd: Scenario = {
  name: 'R8',
  about: 'one of two relays killed, the other has room for just its calls',
  goals: [
    callsContinue('R8', 'kill'),
    backWithin('R8', 1, 8_000, 'kill'),
    {
      id: 'R8',
      what: 'calls a relay held above its cap',
      unit: '',
      limit: { atMost: 0 },
      figure: (run) => percentile(run.measured('above-cap'), 1),
    },
    turnsKept('R5'),
  ],
  fleet: { relays: 2, env: { RELAY_MAX_CALLS: '100' } },
  calls: 100,
  rounds: 3,
  isForPlain: false,
  round: async (bench) => {
    await bench.place(bench.calls);
    await bench.waitForTurns(1, 40_000);
    const relay = await bench.pickHolder();
    await bench.strike('kill', relay, () => bench.fleet.signal(relay, 'SIGKILL'));
    for (let look = 0; look < LOOKS; look += 1) {
      await sleep(LOOK_MS);
      for (const other of bench.fleet.relays)
        if (other !== relay)
          bench.measure('above-cap', Math.max(0, (await bench.fleet.callsHeld(other)) - 100));
    }
    await bench.waitForTurns(1, 40_000);
    await bench.collect();
    await bench.fleet.restart(relay);
  },
};
