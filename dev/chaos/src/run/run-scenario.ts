import { seededRandom } from '@tandem/kit';
import { INTERNET, NO_DISTANCE, roundTripText, type LinkSettings } from '@tandem/simulators';
import { Bench } from '../bench/bench.ts';
import type { Fleet } from '../bench/fleet.ts';
import { TandemFleet } from '../bench/tandem-fleet.ts';
import { check, type Violation } from '../history/checker.ts';
import { entriesOf } from '../history/entries.ts';
import { History } from '../history/history.ts';
import { RunView } from '../history/run-view.ts';
import type { Goal, Scenario } from './scenario.ts';

export interface RunOptions {
  readonly calls: number;
  readonly rounds: number;
  readonly seed: number;
  /** Unix time in ms after which no further round begins. */
  readonly until: number;
  readonly historyFile: string | null;
  /** Between the platform and its carrier and models. Default: {@link INTERNET}. */
  readonly link?: LinkSettings;
  readonly log: (line: string) => void;
}

interface GoalResult {
  readonly goal: Goal;
  readonly figure: number;
  readonly isMet: boolean;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly fleet: Fleet['kind'];
  readonly calls: number;
  readonly rounds: number;
  /** Round trip to the carrier and to the model. */
  readonly roundTrip: string;
  readonly goals: readonly GoalResult[];
  readonly violations: readonly Violation[];
}

/** Runs a scenario against its own fleet and evaluates the history. */
export async function runScenario(
  scenario: Scenario,
  options: RunOptions,
  startFleet: () => Promise<Fleet> = () => TandemFleet.start(scenario.fleet, options.seed, options.link),
): Promise<ScenarioResult> {
  const { calls, seed, log, link = INTERNET } = options;
  const history = new History(options.historyFile);
  const fleet = await startFleet();
  let rounds = 0;
  try {
    history.add({
      kind: 'run',
      scenario: scenario.name,
      fleet: fleet.kind,
      seed,
      calls,
      roundTrip: roundTripText(link),
    });
    const bench = new Bench(fleet, history, calls, seededRandom(seed), log);
    while (rounds < options.rounds && (rounds === 0 || Date.now() < options.until)) {
      rounds += 1;
      history.add({ kind: 'round', round: rounds });
      await scenario.round(bench);
      log(`${scenario.name}: round ${rounds} of ${options.rounds}`);
    }
  } finally {
    await fleet.stop();
  }
  return evaluate(scenario, history);
}

/** Returns the result of a run, from its history alone. */
export function evaluate(scenario: Scenario, history: Pick<History, 'entries'>): ScenarioResult {
  const [run] = entriesOf(history.entries, 'run');
  const view = new RunView(history.entries);
  const goals = scenario.goals.map((goal): GoalResult => {
    const figure = goal.figure(view);
    return {
      goal,
      figure,
      isMet: 'atLeast' in goal.limit ? figure >= goal.limit.atLeast : figure <= goal.limit.atMost,
    };
  });
  return {
    scenario,
    goals,
    violations: check(history.entries),
    fleet: run?.fleet ?? 'tandem',
    calls: run?.calls ?? 0,
    roundTrip: run?.roundTrip ?? roundTripText(NO_DISTANCE),
    rounds: entriesOf(history.entries, 'round').length,
  };
}
