import type { Bench } from '../../bench/bench.ts';
import type { Scenario } from '../../run/scenario.ts';
import { backWithin, callsContinue, talkThrough, turnsKept } from '../figures.ts';

async function killOne(bench: Bench): Promise<void> {
  const relay = await bench.pickHolder();
  await bench.strike('kill', relay, () => bench.fleet.signal(relay, 'SIGKILL'));
  await bench.waitForTurns(1, 30_000);
  await bench.fleet.restart(relay);
}

/** R1, R5: one of three relays is killed in the middle of many conversations. */
export const relayKilled: Scenario = {
  name: 'R1',
  about: 'one of three relays killed (SIGKILL)',
  goals: [
    callsContinue('R1', 'kill'),
    backWithin('R1', 0.95, 2_000, 'kill'),
    backWithin('R1', 1, 5_000, 'kill'),
    turnsKept('R5'),
  ],
  fleet: { relays: 3 },
  calls: 60,
  rounds: 20,
  isForPlain: true,
  fault: killOne,
  round: talkThrough(killOne),
};
