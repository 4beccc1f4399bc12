import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../../bench/bench.ts';
import type { RunView } from '../../history/run-view.ts';
import type { Goal, Scenario } from '../../run/scenario.ts';
import { backWithin, callsContinue, some, talkThrough, turnsKept } from '../figures.ts';
import { relayFrozen } from './relay-frozen.ts';
import { fleetRolled, relayDrained } from './relays-drained.ts';

/** Audio that piles up unread in this time makes the kernel of a killed relay reset its connections. */
const UNREAD_MS = 60;

/**
 * Kills a relay that has read everything, whose connections then end with a FIN, and in every second round
 * one that has not, whose connections end with an RST.
 */
function killByTurns(): (bench: Bench) => Promise<void> {
  let rounds = 0;
  return async (bench) => {
    const isReset = (rounds += 1) % 2 === 0;
    const relay = await bench.pickHolder();
    const held = (await bench.holdings()).get(relay) ?? [];
    const struck = bench.callers.filter(({ call }) => held.includes(call.sid));
    await bench.strike('kill', relay, async () => {
      if (isReset) await bench.fleet.signal(relay, 'SIGSTOP');
      if (isReset) await sleep(UNREAD_MS);
      await bench.fleet.signal(relay, 'SIGKILL');
    });
    await bench.waitForTurns(1, 30_000);
    bench.measure(isReset ? 'struck-by-rst' : 'struck-by-fin', struck.length);
    await bench.fleet.restart(relay);
  };
}

/** Legs of all calls that ended in this way. */
function endings(id: string, what: string, end: string): Goal {
  return {
    id,
    what,
    unit: '',
    limit: { atLeast: 1 },
    figure: (run: RunView) =>
      run.stories.flatMap(({ streams }) => streams).filter((stream) => stream.end === end).length,
  };
}

const kill = killByTurns();

/** R2: one of three relays is killed while many callers of a PBX talk over AudioSocket. */
export const pbxRelayKilled: Scenario = {
  name: 'R2',
  about: 'one of three relays killed (SIGKILL) with calls of a PBX over AudioSocket',
  goals: [
    callsContinue('R2', 'kill'),
    backWithin('R2', 0.95, 2_000, 'kill'),
    backWithin('R2', 1, 5_000, 'kill'),
    some('R2', 'calls struck by an RST', 'struck-by-rst'),
    endings('R2', 'AudioSockets that ended with an RST', 'connection-reset'),
    turnsKept('R5'),
  ],
  fleet: { relays: 3, from: 'pbx' },
  calls: 60,
  rounds: 20,
  isForPlain: false,
  round: talkThrough(kill),
};

/** Returns a scenario with the calls of a PBX in place of the carrier's. */
function overPbx(scenario: Scenario): Scenario {
  const { fault: _ofCarrier, ...rest } = scenario;
  return {
    ...rest,
    name: `${scenario.name}-pbx`,
    about: `${scenario.about}, with calls of a PBX`,
    isForPlain: false,
    fleet: { ...scenario.fleet, from: 'pbx' },
  };
}

/** R3, R6 and R7 with calls of a PBX over AudioSocket. */
export const pbxRelayFrozen = overPbx(relayFrozen);
export const pbxRelayDrained = overPbx(relayDrained);
export const pbxFleetRolled = overPbx(fleetRolled);
