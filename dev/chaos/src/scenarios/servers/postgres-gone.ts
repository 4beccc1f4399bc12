import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../../bench/bench.ts';
import { platformOf } from '../../bench/platform.ts';
import type { TandemFleet } from '../../bench/tandem-fleet.ts';
import { BookingCaller } from '../../effects/booking-caller.ts';
import { bookingModel, OUTCOME_WORDS } from '../../effects/booking-model.ts';
import { addBookings } from '../../effects/current-bookings.ts';
import { freeSlots } from '../../effects/demo-slots.ts';
import { check } from '../../history/checker.ts';
import type { Scenario } from '../../run/scenario.ts';
import { most, nobodyLost, none, turnsAnswered, turnsKept } from '../figures.ts';
import { newCallers, newCallersTold } from '../new-call.ts';

const OUTAGE_MS = 60_000;
/** After that Postgres accepts connections for this time and never responds. */
const SILENCE_MS = 20_000;
const NEW_CALL_EVERY_MS = 5_000;
/** Callers who want to book while bookings are impossible. */
const BOOKERS = 6;
const TOLD_PATIENCE_MS = 30_000;
const BACKLOG_PATIENCE_MS = 120_000;

/**
 * R11: Postgres is away for a minute, and then hangs, while callers call, talk, want to book, and hang up.
 */
export const postgresGone: Scenario = {
  name: 'R11',
  about: 'Postgres stopped for 60 s, then hanging for 20 s',
  goals: [
    nobodyLost('R11'),
    turnsAnswered('R11'),
    turnsKept('R11'),
    {
      id: 'R11',
      what: 'callers told of a booking that is not there',
      unit: '',
      limit: { atMost: 0 },
      figure: (run) => check(run.entries).filter(({ rule }) => rule === 'nothing-unkept-said').length,
    },
    none(
      'R11',
      'callers who wanted to book meanwhile and were not told that it is uncertain',
      'not told the truth',
    ),
    ...newCallersTold('R11', 5_000),
    {
      id: 'R11',
      what: 'until every call that ended meanwhile is written down',
      unit: 's',
      limit: { atMost: 60 },
      figure: (run) => most(run, 'backlog empty after'),
    },
  ],
  fleet: {
    relays: 2,
    replicas: { 'tool-worker': 2, 'post-call-worker': 2 },
    lines: ['postgres'],
    behaviour: bookingModel,
  },
  calls: 40,
  rounds: 2,
  isForPlain: false,
  round: async (bench) => {
    const { postgres } = platformOf(bench).stack;
    const line = (bench.fleet as TandemFleet).line('postgres');
    const bookers = (await freeSlots(platformOf(bench), BOOKERS)).map(
      (wish) => new BookingCaller(bench, wish),
    );
    await Promise.all([bench.place(bench.calls - BOOKERS), ...bookers.map((booker) => booker.greeted())]);
    await bench.waitForTurns(1, 30_000);
    bench.history.add({ kind: 'fault', what: 'postgres-stopped', target: 'postgres', held: [] });
    await postgres.kill('SIGINT');
    const until = Date.now() + OUTAGE_MS;
    const newcomers = newCallers(bench, until + SILENCE_MS, NEW_CALL_EVERY_MS);
    await Promise.all(bookers.map((booker) => booker.asks()));
    const told = await Promise.all(bookers.map((booker) => booker.outcomeWords(TOLD_PATIENCE_MS)));
    bench.measure('not told the truth', told.filter((words) => words !== OUTCOME_WORDS.uncertain).length);
    const gone = bench.callers.splice(0, Math.floor(bench.callers.length / 2));
    await Promise.all([...gone, ...bookers].map((caller) => caller.leave()));
    await sleep(Math.max(0, until - Date.now()));
    line.set({ isSilent: true });
    await postgres.start();
    await sleep(SILENCE_MS);
    line.set({});
    await newcomers;
    bench.history.add({ kind: 'fault-over', what: 'postgres-stopped', target: 'postgres' });
    const sids = [...gone, ...bookers].map(({ call }) => call.sid);
    await measureBacklog(bench, sids);
    await bench.waitForTurns(1, 30_000);
    await Promise.all(sids.map((sid) => bench.addRecord(sid)));
    await bench.collect();
    await addBookings(bench);
  },
};

async function measureBacklog(bench: Bench, sids: readonly string[]): Promise<void> {
  const platform = platformOf(bench);
  const backAt = Date.now();
  const written = async (): Promise<number> => {
    const [row] = await platform
      .sql<{ n: number }>(
        'SELECT count(*)::integer AS n FROM calls WHERE carrier_call_id = ANY($1) AND ended_at IS NOT NULL',
        sids,
      )
      .catch(() => []);
    return row?.n ?? 0;
  };
  for (; (await written()) < sids.length && Date.now() - backAt < BACKLOG_PATIENCE_MS;) await sleep(100);
  bench.measure('backlog empty after', (Date.now() - backAt) / 1_000);
}
