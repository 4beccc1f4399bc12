import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../../bench/bench.ts';
import { platformOf } from '../../bench/platform.ts';
import { Business, type Answer } from '../../effects/business.ts';
import { carrierCall, deliver } from '../../effects/carrier-calls.ts';
import { addBookings } from '../../effects/current-bookings.ts';
import { inParallel } from '../../effects/order.ts';
import type { Scenario } from '../../run/scenario.ts';
import { none } from '../figures.ts';

const DIALLED = '+12025550100';
const PEOPLE = 4;
const CALLS = 8;
/** Postgres is killed at a random moment within this time. */
const LONGEST_LIFE_MS = 250;
const PATIENCE_MS = 30_000;
const LINES_SHOWN = 60;
const WRITTEN_PATIENCE_MS = 60_000;

/** R12: Postgres dies in the middle of transactions, again and again. */
export const postgresKilled: Scenario = {
  name: 'R12',
  about: 'Postgres killed (SIGKILL) in the middle of bookings and of calls being written down',
  goals: [
    none('R12', 'acknowledged bookings that are not there', 'lost bookings'),
    none('R12', 'bookings nobody was acknowledged', 'bookings nobody knows of'),
    none('R12', 'bookings without their event, or with more than one', 'bookings without their one event'),
    none('R12', 'calls half-written, or not written', 'half-written calls'),
    none('R12', 'services that died of it', 'died'),
    none('R12', 'requests without a definite answer in the end', 'unanswered'),
  ],
  fleet: { relays: 1, replicas: { 'crm-api': 2, 'post-call-worker': 2 }, env: { RELAY_MAX_CALLS: '5000' } },
  calls: 40,
  rounds: 100,
  isForPlain: false,
  round: async (bench) => {
    const { postgres, twilioAuthToken } = platformOf(bench).stack;
    const platform = platformOf(bench);
    const business = await Business.open(platform, PEOPLE);
    const calls = Array.from({ length: CALLS }, (_, index) =>
      carrierCall(index, DIALLED, platform.twilio.accountSid),
    );
    const at = { to: platform.publicUrl, signedFor: platform.publicUrl };
    // Calls are stored three seconds after their last report.
    for (const { webhooks } of calls)
      for (const webhook of webhooks) await deliver(webhook, at, twilioAuthToken);
    await sleep(2_900);
    const booking = book(bench, business);
    await sleep(bench.random() * LONGEST_LIFE_MS);
    bench.history.add({ kind: 'fault', what: 'postgres-killed', target: 'postgres', held: [] });
    await postgres.kill('SIGKILL');
    await postgres.start();
    await measureLosses(
      bench,
      business,
      await booking,
      calls.map(({ sid }) => sid),
    );
  },
};

/** Half of the bookings compete for a time with another. */
async function book(bench: Bench, business: Business): Promise<Answer[]> {
  const answers: Answer[] = [];
  await inParallel(
    Array.from({ length: bench.calls }, (_, index) => index),
    bench.calls,
    async (index) => {
      const body = { service: 'visit', start: Business.start(index % 12) };
      answers.push(
        await business.requestUntilAnswered(
          { method: 'POST', path: '/v1/bookings', key: randomUUID(), body, replica: index },
          PATIENCE_MS,
        ),
      );
    },
  );
  return answers;
}

async function measureLosses(
  bench: Bench,
  business: Business,
  answers: readonly Answer[],
  sids: readonly string[],
): Promise<void> {
  const platform = platformOf(bench);
  const told = new Set(
    answers.filter(({ status }) => status === 201).map(({ text }) => (JSON.parse(text) as { id: string }).id),
  );
  const there = new Set((await business.bookings()).map(({ id }) => id));
  bench.measure('lost bookings', countMissing(told, there));
  bench.measure('bookings nobody knows of', countMissing(there, told));
  const unanswered = answers.filter(({ status, code }) => status !== 201 && code !== 'slot-taken');
  bench.measure('unanswered', unanswered.length);
  for (const [what, those] of Map.groupBy(unanswered, ({ status, code }) => `${status} ${code}`))
    bench.log(`R12: ${those.length} times ${what}`);
  const events = await platform.sql<{ id: string }>(
    `SELECT data ->> 'bookingId' AS id FROM outbox_events WHERE tenant_id = $1 AND type = 'booking.created'`,
    business.tenantId,
  );
  bench.measure(
    'bookings without their one event',
    Math.abs(events.length - there.size) + countMissing(there, new Set(events.map(({ id }) => id))),
  );
  const whole = () =>
    platform.sql<{ n: number }>(
      `SELECT count(*)::integer AS n FROM calls call
       WHERE carrier_call_id = ANY($1) AND ended_at IS NOT NULL
         AND EXISTS (SELECT 1 FROM dispositions WHERE call_id = call.id)
         AND (SELECT count(*) FROM outbox_events WHERE subject_id = call.id AND type = 'call.ended') = 1`,
      sids,
    );
  await platform
    .eventually(whole, ([row]) => row?.n === sids.length, 'the calls to be written down', WRITTEN_PATIENCE_MS)
    .catch(() => undefined);
  bench.measure('half-written calls', sids.length - ((await whole())[0]?.n ?? 0));
  await addBookings(bench, business.tenantId);
  const dead = platform.stack.supervisor.instances.filter((instance) => bench.fleet.pidOf(instance) === null);
  bench.measure('died', dead.length);
  for (const instance of dead)
    bench.log(
      `R12: ${instance} is dead. It said:\n${platform.lines
        .filter((line) => line.startsWith(`${instance} `))
        .slice(-LINES_SHOWN)
        .join('\n')}`,
    );
}

const countMissing = (these: ReadonlySet<string>, among: ReadonlySet<string>): number =>
  [...these].filter((item) => !among.has(item)).length;
