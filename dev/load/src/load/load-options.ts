import { lengthInSeconds, parseOptions, refuse, wholeNumber } from '@tandem/stack';

const HELP = `npm run load                         run all four parts, about eight minutes
npm run load -- --only rows          100 short calls at once through the whole platform, with every database
                                     row counted
npm run load -- --only capacity      calls on one core in steps: added latency, CPU, memory; then to the limit
npm run load -- --only isolation     50 calls beside one that floods and some that read nothing
npm run load -- --only churn         calls that start and end: the memory they leave behind

  --calls 300        calls of the step that is held (capacity)
  --duration 60      seconds it is held
  --no-limit         stops there instead of continuing until the core or the latency budget is used up
  --churn 2m         time during which calls start and end: 90s, 30m, 2h
  --churn-calls 100  simultaneous calls; each lasts 25 s
  --recording        records the calls into a folder of this machine
  --rows 100 --relays 1 --ramp 25      calls, relays and calls started a second (rows)
  --json <file>      writes everything that was measured
  --save             writes the measured parts to docs/capacity.json, the plot and the table to
                     docs/capacity.md

Starts its own stack on temporary data. On Linux with two cores the relay gets one of them, servers, workers
and the load driver the other. Exit code 0 when every promise was kept.`;

const PARTS = ['rows', 'capacity', 'isolation', 'churn'] as const;
type Part = (typeof PARTS)[number];

/** The options of the command line, read and checked. */
interface LoadOptions {
  readonly parts: ReadonlySet<string>;
  /** Calls of the step that is held, and for how long (capacity). */
  readonly calls: number;
  readonly durationSeconds: number;
  readonly isToTheLimit: boolean;
  readonly churnSeconds: number;
  readonly churnCalls: number;
  readonly isRecorded: boolean;
  /** Calls of the part that counts rows, its relays, and the calls started a second. */
  readonly rows: number;
  readonly relays: number;
  readonly rampPerSecond: number;
  readonly isSaved: boolean;
  readonly jsonFile: string | null;
}

/** Reads the command line. `--help` and a faulty option end the process with an answer. */
export function readLoadOptions(): LoadOptions {
  const values = readValues();
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const parts = new Set(values.only.split(','));
  for (const part of parts) if (!PARTS.includes(part as Part)) refuse(`There is no part "${part}".`, HELP);
  const whole = (
    name: 'calls' | 'duration' | 'churn-calls' | 'rows' | 'relays' | 'ramp',
    least: number,
    most: number,
  ) => wholeNumber({ name, text: values[name], help: HELP }, least, most);
  return {
    parts,
    calls: whole('calls', 1, 1_000),
    durationSeconds: whole('duration', 5, 3_600),
    isToTheLimit: values.limit,
    churnSeconds: lengthInSeconds({ name: 'churn', text: values.churn, help: HELP }),
    churnCalls: whole('churn-calls', 10, 1_000),
    isRecorded: values.recording,
    rows: whole('rows', 1, 2_000),
    relays: whole('relays', 1, 20),
    rampPerSecond: whole('ramp', 1, 200),
    isSaved: values.save,
    jsonFile: values.json ?? null,
  };
}

function readValues() {
  return parseOptions(
    {
      allowNegative: true,
      options: {
        only: { type: 'string', default: PARTS.join(',') },
        calls: { type: 'string', default: '300' },
        duration: { type: 'string', default: '60' },
        limit: { type: 'boolean', default: true },
        churn: { type: 'string', default: '2m' },
        'churn-calls': { type: 'string', default: '100' },
        recording: { type: 'boolean', default: false },
        rows: { type: 'string', default: '100' },
        relays: { type: 'string', default: '1' },
        ramp: { type: 'string', default: '25' },
        json: { type: 'string' },
        save: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    },
    HELP,
  );
}
