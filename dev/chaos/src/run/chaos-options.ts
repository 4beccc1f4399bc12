import { lengthInSeconds, parseOptions, refuse, wholeNumber } from '@tandem/stack';
import type { Scenario } from './scenario.ts';

const HELP = `npm run chaos                        run every scenario in full
npm run chaos -- --list              list the scenarios
npm run chaos -- --only R1,R3        run these scenarios

  --rounds N      rounds of each scenario, instead of its own number
  --calls N       simultaneous calls, instead of the scenario's own number
  --seed S        decides which calls are struck, and when; printed at the start
  --time-budget 10m   starts no further round and no further scenario after this time
  --again         runs nothing: judges the kept histories again
  --through-edge  two call-ingress and the relays behind HAProxy on deploy/edge (default: R7, R11 and R14)
  --no-plain      leaves out the ordinary relay
  --no-distance   carrier and model next to the platform, instead of a round trip of 20 to 250 ms away
  --json <file>   writes figures and violations
  --save          writes the rows of docs/reliability.md, and its plot

Starts its own stack on temporary data. The history of each run is kept in .tandem/chaos, one JSON object
a line. Exit code 0 when every goal is met and no rule is broken.`;

/**
 * A rollout, and scenarios in which a server that every ingress depends on is away: an edge that checks
 * readiness could be left without an ingress.
 */
const THROUGH_EDGE = ['R7', 'R11', 'R14'];

/** The options of the command line, read and checked. */
interface ChaosOptions {
  /** Names of the scenarios to run. */
  readonly names: readonly string[];
  /** Instead of a scenario's own number. */
  readonly calls: number | undefined;
  readonly rounds: number | undefined;
  readonly seed: number;
  /** Unix time in ms after which no further round and no further scenario starts. */
  readonly until: number;
  readonly isThroughEdge: boolean;
  /** Whether kept histories are judged again, and nothing is run. */
  readonly isAgain: boolean;
  readonly hasPlain: boolean;
  readonly hasDistance: boolean;
  readonly isSaved: boolean;
  readonly jsonFile: string | null;
}

/** Reads the command line. `--help`, `--list` and a faulty option end the process with an answer. */
export function readChaosOptions(scenarios: readonly Scenario[]): ChaosOptions {
  const values = readValues();
  if (values.help) answer([HELP]);
  if (values.list) answer(scenarios.map(listed));
  const isThroughEdge = values['through-edge'];
  const names = values.only?.split(',') ?? (isThroughEdge ? THROUGH_EDGE : scenarios.map(({ name }) => name));
  for (const name of names)
    if (!scenarios.some((scenario) => scenario.name === name))
      refuse(`There is no scenario "${name}"; --list shows them.`, HELP);
  const whole = (name: 'calls' | 'rounds' | 'seed', least: number, most: number): number | undefined =>
    values[name] === undefined
      ? undefined
      : wholeNumber({ name, text: values[name], help: HELP }, least, most);
  const budget = { name: 'time-budget', text: values['time-budget'], help: HELP };
  return {
    names,
    calls: whole('calls', 1, 1_000),
    rounds: whole('rounds', 1, 10_000),
    seed: whole('seed', 0, 4_294_967_295) ?? Math.floor(Math.random() * 1e9),
    until: Date.now() + lengthInSeconds(budget) * 1_000,
    isThroughEdge,
    isAgain: values.again,
    hasPlain: values.plain,
    hasDistance: values.distance,
    isSaved: values.save,
    jsonFile: values.json ?? null,
  };
}

function readValues() {
  return parseOptions(
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
        'through-edge': { type: 'boolean', default: false },
        plain: { type: 'boolean', default: true },
        distance: { type: 'boolean', default: true },
        json: { type: 'string' },
        save: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    },
    HELP,
  );
}

function listed({ name, about, goals }: Scenario): string {
  return `${name.padEnd(5)} ${about} (${[...new Set(goals.map(({ id }) => id))].join(', ')})`;
}

function answer(lines: readonly string[]): never {
  for (const line of lines) console.log(line);
  return process.exit(0);
}
