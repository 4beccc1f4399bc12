import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningPlatform } from '@tandem/commands/platform';
import type { Bench } from '../../bench/bench.ts';
import { platformOf } from '../../bench/platform.ts';
import { BookingCaller } from '../../effects/booking-caller.ts';
import { bookingModel } from '../../effects/booking-model.ts';
import { addBookings } from '../../effects/current-bookings.ts';
import { freeSlots } from '../../effects/demo-slots.ts';
import { holdBookings } from '../../effects/held-resources.ts';
import { ToolJobs } from '../../effects/tool-jobs.ts';
import { percentile, type RunView } from '../../history/run-view.ts';
import type { Scenario } from '../../run/scenario.ts';
import { none } from '../figures.ts';

const WORKERS = ['tool-worker', 'tool-worker-2'];
const AT_WORK_PATIENCE_MS = 10_000;
const TOLD_PATIENCE_MS = 25_000;
/**
 * crm-api gives up a lock after 4 s: a longer hold rolls the booking back, a shorter one lets it finish after
 * its worker is gone.
 */
const SHORT_HOLD_MS = 100;
const LONG_HOLD_MS = 4_500;

/** R20: a tool worker is killed while it books. */
export const toolWorkerKilled: Scenario = {
  name: 'R20',
  about: 'one of two tool-workers killed (SIGKILL) while it books',
  goals: [
    {
      id: 'R20',
      what: 'tool calls whose worker was killed',
      unit: '',
      limit: { atLeast: 1 },
      figure: (run) => run.measured('rerun after').length,
    },
    none('R20', 'tool calls that did not end', 'not done'),
    none('R20', 'calls with other than one booking', 'other than one booking'),
    none('R20', 'callers who were not told that they are booked', 'not told'),
    {
      id: 'R20',
      what: 'until the tool call runs again, p95',
      unit: 'ms',
      limit: { atMost: 8_000 },
      figure: (run) => percentile(run.measured('rerun after'), 0.95),
    },
    {
      id: 'R20',
      what: 'until the caller hears that something is going on, p95',
      unit: 'ms',
      limit: { atMost: 2_000 },
      figure: (run) => percentile(progressOf(run), 0.95),
    },
  ],
  fleet: { relays: 1, replicas: { 'tool-worker': 2 }, behaviour: bookingModel, agent: { toolWait: {} } },
  calls: 8,
  rounds: 30,
  isForPlain: false,
  round: async (bench) => {
    const platform = platformOf(bench);
    const jobs = new ToolJobs(platform);
    try {
      await round(bench, platform, jobs);
    } finally {
      jobs.close();
    }
  },
};

async function round(bench: Bench, platform: RunningPlatform, jobs: ToolJobs): Promise<void> {
  const callers = (await freeSlots(platform, bench.calls)).map((wish) => new BookingCaller(bench, wish));
  await Promise.all(callers.map((caller) => caller.greeted()));
  const letGo = await holdBookings(platform);
  await Promise.all(callers.map((caller) => caller.asks()));
  for (let waited = 0; (await jobs.atWork()) < callers.length && waited < AT_WORK_PATIENCE_MS; waited += 50)
    await sleep(50);
  const worker = bench.pick(WORKERS);
  bench.history.add({ kind: 'fault', what: 'kill', target: worker, held: [] });
  const killedAt = Date.now();
  await bench.fleet.signal(worker, 'SIGKILL');
  await sleep(bench.random() < 0.5 ? SHORT_HOLD_MS : LONG_HOLD_MS);
  await letGo();
  const told = await Promise.all(callers.map((caller) => caller.outcomeWords(TOLD_PATIENCE_MS)));
  bench.measure('not told', told.filter((words) => !words?.startsWith('Booked ')).length);
  bench.measure('not done', await jobs.notDone());
  for (const { lost, startedAt } of await jobs.doneSince(killedAt))
    if (lost > 0) bench.measure('rerun after', startedAt - killedAt);
  await Promise.all(callers.map((caller) => caller.leave()));
  await Promise.all(callers.map(({ call }) => bench.addRecord(call.sid)));
  const counts = await platform.sql<{ n: number }>(
    'SELECT count(booking.id)::integer AS n FROM calls call LEFT JOIN bookings booking ON ' +
      'booking.call_id = call.id WHERE call.carrier_call_id = ANY($1) GROUP BY call.id',
    callers.map(({ call }) => call.sid),
  );
  bench.measure('other than one booking', callers.length - counts.filter(({ n }) => n === 1).length);
  await addBookings(bench);
  await bench.fleet.restart(worker);
}

/** Returns the ms from each tool call of the model to the next sound the caller hears. */
function progressOf({ stories }: RunView): number[] {
  return stories.flatMap(({ log, heard }) => {
    const called = log?.events.find(({ type }) => type === 'tool.called');
    const sound = called && heard.find(({ fromAt }) => fromAt > called.at);
    return called ? [sound ? sound.fromAt - called.at : Number.POSITIVE_INFINITY] : [];
  });
}
