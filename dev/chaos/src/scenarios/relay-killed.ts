import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench/bench.ts';
import { check } from '../history/checker.ts';
import { percentile, shareOf, type RunView } from '../history/run-view.ts';
import type { Scenario } from '../scenario.ts';

const backs = (run: RunView): number[] => run.losses('kill').flatMap(({ backMs }) => backMs ?? []);

/** R1, R5: one of three relays is killed in the middle of many conversations. */
export const relayKilled: Scenario = {
  name: 'R1',
  about: 'one of three relays killed (SIGKILL) in mid-conversation',
  goals: [
    { id: 'R1', what: 'calls of the dead relay that go on', unit: '%', limit: { atLeast: 100 }, figure: (run) => shareOf(run.losses('kill'), ({ backMs }) => backMs !== null) },
    { id: 'R1', what: 'until the agent is heard again, p95', unit: 'ms', limit: { atMost: 2_000 }, figure: (run) => percentile(backs(run), 0.95) },
    { id: 'R1', what: 'until the agent is heard again, longest', unit: 'ms', limit: { atMost: 5_000 }, figure: (run) => percentile(backs(run), 1) },
    { id: 'R5', what: 'finished turns lost or doubled, in rows or in what the model is told', unit: '', limit: { atMost: 0 }, figure: turnsWrong },
  ],
  fleet: { relays: 3 },
  calls: 60,
  rounds: 20,
  short: { calls: 6 },
  isForPlain: true,
  round: async (bench: Bench) => {
    await bench.place(bench.calls);
    await bench.everybodyTalks(1, 30_000);
    await sleep(bench.random() * 2_000);
    const relay = bench.pick(bench.fleet.relays);
    await bench.strike('kill', relay, () => bench.fleet.signal(relay, 'SIGKILL'));
    await bench.everybodyTalks(2, 30_000);
    await bench.collect();
    await bench.fleet.restart(relay);
  },
};

/** Finished turns that are not where they must be, or are there twice. */
export function turnsWrong(run: RunView): number {
  const rules = new Set(['turn-kept', 'turn-once', 'turn-order', 'model-knows', 'log-gapless']);
  return check(run.entries).filter(({ rule }) => rules.has(rule)).length;
}
