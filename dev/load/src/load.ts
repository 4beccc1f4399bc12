import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { STRAIGHT_WIRE, walkThrough } from './bench/socket-walk.bench.ts';
import type { Capacity } from './load/capacity.ts';
import { readLoadOptions } from './load/load-options.ts';
import { PumpedPlatform } from './load/pumped-platform.ts';
import { capacityReport, keepsItsPromises, rowsReport } from './load/report.ts';
import { runChurn } from './load/run-churn.ts';
import { runIsolation } from './load/run-isolation.ts';
import { runRamp } from './load/run-ramp.ts';
import { runRows } from './load/run-rows.ts';
import { saveCapacity } from './load/save-capacity.ts';

const PLACED_PER_SECOND = 12;
const ROOM = 60;
const MOST_CALLS = 1_100;

const options = readLoadOptions();
const { parts } = options;
const log = (line: string): void => console.log(line);
let isKept = true;
if (parts.has('rows')) {
  const rows = await runRows({
    calls: options.rows,
    relays: options.relays,
    rampPerSecond: options.rampPerSecond,
    log,
  });
  for (const line of rowsReport(rows)) log(line);
  isKept = rows.lost === 0 && rows.incomplete === 0;
}
if (parts.has('capacity') || parts.has('isolation') || parts.has('churn')) {
  const capacity = await measure();
  for (const line of capacityReport(capacity)) log(line);
  if (options.jsonFile) writeFileSync(options.jsonFile, `${JSON.stringify(capacity, null, 2)}\n`);
  if (options.isSaved) saveCapacity(capacity);
  isKept = keepsItsPromises(capacity) && isKept;
}
process.exit(isKept ? 0 : 1);

async function measure(): Promise<Capacity> {
  const { calls, isToTheLimit, isRecorded, churnSeconds, churnCalls } = options;
  const straight = parts.has('capacity') ? await walkThrough(STRAIGHT_WIRE, calls, 1) : null;
  log('Starting the stack');
  const running = await PumpedPlatform.start(isToTheLimit ? MOST_CALLS : calls + ROOM, isRecorded);
  try {
    log('Warming up');
    await running.warmUp();
    const ramp = parts.has('capacity')
      ? await running.withConditions(() =>
          runRamp(
            { calls, seconds: options.durationSeconds, isToTheLimit, perSecond: PLACED_PER_SECOND, log },
            running,
          ),
        )
      : null;
    if (parts.has('isolation')) log('Isolation: 50 calls, then a flood and stalled callers beside them');
    const isolation = parts.has('isolation')
      ? await running.withConditions(() => runIsolation(running))
      : null;
    if (parts.has('churn')) log(`Churn for ${churnSeconds} s`);
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
      ramp: isRecorded ? null : ramp,
      recordedRamp: isRecorded ? ramp : null,
      isolation,
      churn,
    };
  } finally {
    await running.stop();
  }
}
