import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench/bench.ts';
import { wasListenedTo, type CallStory } from '../history/call-story.ts';
import { check, type Violation } from '../history/checker.ts';
import { absenceMs } from '../history/loss.ts';
import { percentile, shareOf, type RunView } from '../history/run-view.ts';
import type { Goal } from '../run/scenario.ts';

/** Goals that several scenarios share, about the calls that faults of this name have struck. */
export function callsContinue(id: string, ...whats: readonly string[]): Goal {
  return {
    id,
    what: 'struck calls that go on',
    unit: '%',
    limit: { atLeast: 100 },
    figure: (run) => shareOf(run.losses(...whats), ({ backMs }) => backMs !== null),
  };
}

/** From the fault to the agent's first sound, or to a listening model where no words were due. */
export function backWithin(id: string, share: number, atMost: number, ...whats: readonly string[]): Goal {
  const name = share === 1 ? 'longest' : `p${share * 100}`;
  return {
    id,
    what: `until the agent is back, ${name}`,
    unit: 'ms',
    limit: { atMost },
    figure: (run) =>
      percentile(
        run.losses(...whats).flatMap(({ backMs }) => backMs ?? []),
        share,
      ),
  };
}

/**
 * The longer of the silence the caller hears and of the time between two streams, in which no relay listened.
 * Words said while the next relay opens its model are kept and answered.
 */
export function gapWithin(id: string, share: number, atMost: number, ...whats: readonly string[]): Goal {
  const gaps = (run: RunView) => run.losses(...whats).flatMap((loss) => absenceMs(loss) ?? []);
  return {
    id,
    what: `gap for the caller, p${share * 100}`,
    unit: 'ms',
    limit: { atMost },
    figure: (run) => percentile(gaps(run), share),
  };
}

/** Calls that did not end as the caller wished. */
export function nobodyLost(id: string): Goal {
  return {
    id,
    what: 'calls lost',
    unit: '',
    limit: { atMost: 0 },
    figure: (run) => run.stories.filter(({ ended }) => ended?.by !== 'hangup-by-party').length,
  };
}

/** The figures measured under this name add up to nothing. */
export function none(id: string, what: string, measured: string): Goal {
  return { id, what, unit: '', limit: { atMost: 0 }, figure: (run) => total(run, measured) };
}

/** The figures measured under this name add up to one at least. */
export function some(id: string, what: string, measured: string): Goal {
  return { id, what, unit: '', limit: { atLeast: 1 }, figure: (run) => total(run, measured) };
}

/** Every caller is answered. */
export function turnsAnswered(id: string): Goal {
  const heard = (story: CallStory) => story.said.filter((words) => wasListenedTo(story, words));
  const figure = (run: RunView) => shareOf(run.stories.flatMap(heard), ({ isAnswered }) => isAnswered);
  return { id, what: 'turns of callers that were answered', unit: '%', limit: { atLeast: 100 }, figure };
}

const TURN_RULES: ReadonlySet<Violation['rule']> = new Set([
  'turn-kept',
  'turn-once',
  'turn-order',
  'model-knows',
  'log-gapless',
]);

export function turnsKept(id: string): Goal {
  return {
    id,
    what: 'finished turns lost or doubled, in rows or in what the model is told',
    unit: '',
    limit: { atMost: 0 },
    figure: (run: RunView) => check(run.entries).filter(({ rule }) => TURN_RULES.has(rule)).length,
  };
}

/** Returns the sum of the figures measured under this name over all rounds; NaN when there are none. */
export function total(run: RunView, what: string): number {
  const values = run.measured(what);
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0);
}

/** The largest; NaN when nothing was measured. */
export function most(run: RunView, what: string): number {
  const values = run.measured(what);
  return values.length === 0 ? Number.NaN : Math.max(...values);
}

const PATIENCE_MS = 30_000;
const LONGEST_WAIT_MS = 2_000;

/**
 * Returns a round in the usual order: callers talk, the fault strikes at a random moment, callers talk again.
 */
export function talkThrough(fault: (bench: Bench) => Promise<void>): (bench: Bench) => Promise<void> {
  return async (bench) => {
    await bench.place(bench.calls);
    await bench.waitForTurns(1, PATIENCE_MS);
    await sleep(bench.random() * LONGEST_WAIT_MS);
    await fault(bench);
    await bench.waitForTurns(2, PATIENCE_MS);
    await bench.collect();
  };
}
