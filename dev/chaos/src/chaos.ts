import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INTERNET, NO_DISTANCE } from '@tandem/simulators';
import { checkoutRoot, tandemFolder } from '@tandem/stack';
import type { Fleet } from './bench/fleet.ts';
import type { HistoryEntry } from './history/entries.ts';
import { readHistory } from './history/history.ts';
import { RunView } from './history/run-view.ts';
import { PlainFleet } from './plain-relay/plain-fleet.ts';
import { absencePlot } from './report/absence-plot.ts';
import { goalLines } from './report/goal-table.ts';
import { saveTable } from './report/save-table.ts';
import { readChaosOptions } from './run/chaos-options.ts';
import { evaluate, runScenario, type ScenarioResult } from './run/run-scenario.ts';
import { throughEdge, type Scenario } from './run/scenario.ts';
import { SCENARIOS } from './scenarios.ts';

/** An ordinary relay loses all its calls or none: more calls would show nothing new. */
const PLAIN_CALLS = 10;
/** Runs shown in docs/images/reliability.svg. */
const PLOTTED = [
  ['R1', 'tandem'],
  ['R3', 'tandem'],
  ['R6', 'tandem'],
  ['R1', 'plain'],
] as const;

const options = readChaosOptions(SCENARIOS);
const log = (line: string): void => console.log(line);
const folder = join(tandemFolder, 'chaos');
mkdirSync(folder, { recursive: true });
if (!options.isAgain) log(`seed ${options.seed}`);

const results: ScenarioResult[] = [];
const chosen = SCENARIOS.filter(({ name }) => options.names.includes(name));
for (const scenario of options.isThroughEdge ? chosen.map(throughEdge) : chosen) {
  const fleets =
    scenario.isForPlain && options.hasPlain ? (['tandem', 'plain'] as const) : (['tandem'] as const);
  for (const fleet of fleets) {
    if (options.isAgain) results.push(...kept(scenario, fleet));
    else if (results.length === 0 || Date.now() < options.until) results.push(await run(scenario, fleet));
  }
}
for (const line of goalLines(results)) log(line);
if (options.jsonFile) writeFileSync(options.jsonFile, `${JSON.stringify(results, null, 2)}\n`);
if (options.isSaved) {
  saveTable(join(checkoutRoot, 'docs/reliability.md'), results);
  savePlot();
}
process.exit(
  results.every(
    ({ fleet, goals, violations }) =>
      fleet === 'plain' || (violations.length === 0 && goals.every(({ isMet }) => isMet)),
  )
    ? 0
    : 1,
);

function run(scenario: Scenario, fleet: Fleet['kind']): Promise<ScenarioResult> {
  log(`${scenario.name}: ${scenario.about}${fleet === 'plain' ? ', with the ordinary relay' : ''}`);
  const { seed, until, hasDistance, calls = scenario.calls, rounds = scenario.rounds } = options;
  const link = hasDistance ? INTERNET : NO_DISTANCE;
  const common = { seed, until, historyFile: historyOf(scenario, fleet), link, log };
  if (fleet === 'plain')
    return runScenario(scenario, { ...common, calls: Math.min(calls, PLAIN_CALLS), rounds: 1 }, () =>
      PlainFleet.start(),
    );
  return runScenario(scenario, { ...common, calls, rounds });
}

/** Returns the result of an earlier run; nothing when there was none. */
function kept(scenario: Scenario, fleet: Fleet['kind']): ScenarioResult[] {
  return entriesKept(scenario, fleet).map((entries) => evaluate(scenario, { entries }));
}

/** Draws the plot from the latest histories; does nothing when one of them is missing. */
function savePlot(): void {
  const [killed, frozen, drained, ordinary] = PLOTTED.flatMap(([name, fleet]) =>
    entriesKept({ name }, fleet).map((entries) => new RunView(entries)),
  );
  if (killed && frozen && drained && ordinary)
    writeFileSync(
      join(checkoutRoot, 'docs/images/reliability.svg'),
      absencePlot({ killed, frozen, drained, ordinary }),
    );
}

/** Returns the history of an earlier run, or none. */
function entriesKept(scenario: Pick<Scenario, 'name'>, fleet: Fleet['kind']): HistoryEntry[][] {
  const file = historyOf(scenario, fleet);
  return existsSync(file) ? [readHistory(file)] : [];
}

function historyOf({ name }: Pick<Scenario, 'name'>, fleet: Fleet['kind']): string {
  return join(folder, `${name}${fleet === 'plain' ? '-plain' : ''}.jsonl`);
}
