import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseOptions } from '@tandem/stack';
import { STRAIGHT_WIRE, walkThrough } from './bench/socket-walk.bench.ts';
import type { Capacity } from './load/capacity.ts';
import { PumpedPlatform } from './load/pumped-platform.ts';
import { capacityReport, keepsItsPromises, rowsReport } from './load/report.ts';
import { runChurn } from './load/run-churn.ts';
import { runIsolation } from './load/run-isolation.ts';
import { runRamp } from './load/run-ramp.ts';
import { runRows } from './load/run-rows.ts';
import { saveCapacity } from './load/save-capacity.ts';

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
const PLACED_PER_SECOND = 12;
const ROOM = 60;
const MOST_CALLS = 1_100;

const values = parseOptions(
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
const parts = new Set(values.only.split(','));
const log = (line: string): void => console.log(line);
if (values.help) {
  log(HELP);
  process.exit(0);
}
for (const part of parts) if (!PARTS.includes(part as Part)) stop(`There is no part "${part}".`);
const churnSeconds = seconds(values.churn);
const churnCalls = whole('churn-calls', 10, 1_000);
let isKept = true;
if (parts.has('rows')) {
  const rows = await runRows({
    calls: whole('rows', 1, 2_000),
    relays: whole('relays', 1, 20),
    rampPerSecond: whole('ramp', 1, 200),
    log,
  });
  for (const line of rowsReport(rows)) log(line);
  isKept = rows.lost === 0 && rows.incomplete === 0;
}
if (parts.has('capacity') || parts.has('isolation') || parts.has('churn')) {
  const capacity = await measure();
  for (const line of capacityReport(capacity)) log(line);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(capacity, null, 2)}\n`);
  if (values.save) saveCapacity(capacity);
  isKept = keepsItsPromises(capacity) && isKept;
}
process.exit(isKept ? 0 : 1);

async function measure(): Promise<Capacity> {
  const calls = whole('calls', 1, 1_000);
  const duration = whole('duration', 5, 3_600);
  const straight = parts.has('capacity') ? await walkThrough(STRAIGHT_WIRE, calls, 1) : null;
  log('Starting the stack');
  const running = await PumpedPlatform.start(values.limit ? MOST_CALLS : calls + ROOM, values.recording);
  try {
    log('Warming up');
    await running.warmUp();
    const ramp = parts.has('capacity')
      ? await running.withConditions(() =>
          runRamp(
            { calls, seconds: duration, isToTheLimit: values.limit, perSecond: PLACED_PER_SECOND, log },
            running,
          ),
        )
      : null;
    if (parts.has('isolation')) log('Isolation: 50 calls, then a flood and stalled callers beside them');
    const isolation = parts.has('isolation')
      ? await running.withConditions(() => runIsolation(running))
      : null;
    if (parts.has('churn')) log(`Churn for ${values.churn}`);
    const churn = parts.has('churn')
      ? await running.withConditions(() => runChurn(churnSeconds, churnCalls, log, running))
      : null;
    const machine =
      `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ` +
      `${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`;
    return {
      machine,
      isPinned: running.isPinned,
      straight,
      ramp: values.recording ? null : ramp,
      recordedRamp: values.recording ? ramp : null,
      isolation,
      churn,
    };
  } finally {
    await running.stop();
  }
}

function whole(
  name: 'calls' | 'duration' | 'churn-calls' | 'rows' | 'relays' | 'ramp',
  least: number,
  most: number,
): number {
  const value = Number(values[name]);
  return Number.isInteger(value) && value >= least && value <= most
    ? value
    : stop(`--${name} takes a whole number from ${least} to ${most}, not "${values[name]}".`);
}

function seconds(text: string): number {
  const [, amount, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  const factor = { s: 1, m: 60, h: 3_600 }[unit ?? ''];
  return amount && factor
    ? Number(amount) * factor
    : stop(`--churn takes a length of time such as 90s, 30m or 2h, not "${text}".`);
}

function stop(fault: string): never {
  console.error(`${fault}\n\n${HELP}`);
  return process.exit(2);
}
