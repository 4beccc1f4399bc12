import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INTERNET, NO_DISTANCE } from '@tandem/simulators';
import { checkoutRoot, parseOptions, tandemFolder } from '@tandem/stack';
import type { Fleet } from './bench/fleet.ts';
import { haproxyPath } from './bench/readiness-balancer.ts';
import type { HistoryEntry } from './history/entries.ts';
import { readHistory } from './history/history.ts';
import { RunView } from './history/run-view.ts';
import { PlainFleet } from './plain-relay/plain-fleet.ts';
import { absencePlot } from './report/absence-plot.ts';
import { goalLines } from './report/goal-table.ts';
import { saveTable } from './report/save-table.ts';
import { evaluate, runScenario, type ScenarioResult } from './run/run-scenario.ts';
import { throughBalancer, type Scenario } from './run/scenario.ts';
import { SCENARIOS } from './scenarios.ts';

const HELP = `npm run chaos                        run every scenario in full
npm run chaos -- --list              list the scenarios
npm run chaos -- --only R1,R3        run these scenarios

  --rounds N      rounds of each scenario, instead of its own number
  --calls N       simultaneous calls, instead of the scenario's own number
  --seed S        decides which calls are struck, and when; printed at the start
  --time-budget 10m   starts no further round and no further scenario after this time
  --again         runs nothing: judges the kept histories again
  --through-balancer  two call-ingress behind HAProxy, which checks readiness (default: R11 and R14)
  --no-plain      leaves out the ordinary relay
  --no-distance   carrier and model next to the platform, instead of a round trip of 20 to 250 ms away
  --json <file>   writes figures and violations
  --save          writes the rows of docs/reliability.md, and its plot

Starts its own stack on temporary data. The history of each run is kept in .tandem/chaos, one JSON object
a line. Exit code 0 when every goal is met and no rule is broken.`;

/** An ordinary relay loses all its calls or none: more calls would show nothing new. */
const PLAIN_CALLS = 10;
/**
 * Scenarios in which a server that every ingress depends on is away: a balancer that checks readiness could
 * be left without an ingress.
 */
const BALANCED = ['R11', 'R14'];
/** Runs shown in docs/images/reliability.svg. */
const PLOTTED = [
  ['R1', 'tandem'],
  ['R3', 'tandem'],
  ['R6', 'tandem'],
  ['R1', 'plain'],
] as const;

const values = parseOptions(
  {
    allowNegative: true,
    options: {
      only: { type: 'string' },
      list: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      calls: { type: 'string' },
      seed: { type: 'string' },
      'time-budget': { type: 'string', default: '24h' },
      again: { type: 'boolean', default: false },
      'through-balancer': { type: 'boolean', default: false },
      plain: { type: 'boolean', default: true },
      distance: { type: 'boolean', default: true },
      json: { type: 'string' },
      save: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  },
  HELP,
);
const log = (line: string): void => console.log(line);
if (values.help) {
  log(HELP);
  process.exit(0);
}
if (values.list) {
  for (const { name, about, goals } of SCENARIOS)
    log(`${name.padEnd(5)} ${about} (${[...new Set(goals.map(({ id }) => id))].join(', ')})`);
  process.exit(0);
}
const isBalanced = values['through-balancer'];
if (isBalanced && !values.again && haproxyPath() === null)
  stop(
    '--through-balancer needs HAProxy, which is not on this machine. Install it (Debian: apt-get ' +
      'install haproxy), or leave the option out.',
  );
const names = values.only?.split(',') ?? (isBalanced ? BALANCED : SCENARIOS.map(({ name }) => name));
for (const name of names)
  if (!SCENARIOS.some((scenario) => scenario.name === name))
    stop(`There is no scenario "${name}"; --list shows them.`);
const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : whole('seed', 0, 4_294_967_295);
const until = Date.now() + milliseconds(values['time-budget']);
const folder = join(tandemFolder, 'chaos');
mkdirSync(folder, { recursive: true });
if (!values.again) log(`seed ${seed}`);

const results: ScenarioResult[] = [];
const chosen = SCENARIOS.filter(({ name }) => names.includes(name));
for (const scenario of isBalanced ? chosen.map(throughBalancer) : chosen) {
  const fleets = scenario.isForPlain && values.plain ? (['tandem', 'plain'] as const) : (['tandem'] as const);
  for (const fleet of fleets) {
    if (values.again) results.push(...kept(scenario, fleet));
    else if (results.length === 0 || Date.now() < until) results.push(await run(scenario, fleet));
  }
}
for (const line of goalLines(results)) log(line);
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
if (values.save) {
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
  const calls = values.calls === undefined ? scenario.calls : whole('calls', 1, 1_000);
  const rounds = values.rounds === undefined ? scenario.rounds : whole('rounds', 1, 10_000);
  const link = values.distance ? INTERNET : NO_DISTANCE;
  const options = { seed, until, historyFile: historyOf(scenario, fleet), link, log };
  if (fleet === 'plain')
    return runScenario(scenario, { ...options, calls: Math.min(calls, PLAIN_CALLS), rounds: 1 }, () =>
      PlainFleet.start(),
    );
  return runScenario(scenario, { ...options, calls, rounds });
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

function whole(name: 'calls' | 'rounds' | 'seed', least: number, most: number): number {
  const value = Number(values[name]);
  return Number.isInteger(value) && value >= least && value <= most
    ? value
    : stop(`--${name} takes a whole number from ${least} to ${most}, not "${values[name]}".`);
}

function milliseconds(text: string): number {
  const [, amount, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  const factor = { s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  return amount && factor
    ? Number(amount) * factor
    : stop(`--time-budget takes a length of time such as 90s, 10m or 1h, not "${text}".`);
}

function stop(fault: string): never {
  console.error(`${fault}\n\n${HELP}`);
  return process.exit(2);
}
