import { randomUUID } from 'node:crypto';
import type { Bench } from '../../bench/bench.ts';
import { platformOf } from '../../bench/platform.ts';
import { Business, deadlocks, type Answer } from '../../effects/business.ts';
import { addBookings } from '../../effects/current-bookings.ts';
import type { Scenario } from '../../run/scenario.ts';
import { none, total } from '../figures.ts';

const PEOPLE = 20;
/**
 * Starts lie half an hour apart, on one day, and last two hours: each overlaps up to three on either side.
 */
const STARTS = 45;
const SERVICE_MINUTES = 120;
const CLEAN = new Set(['slot-taken', 'booking-cancelled']);

/** R23: bookings that overlap in part, while others are moved and cancelled. */
export const overlappingBookings: Scenario = {
  name: 'R23',
  about: 'bookings that overlap in part, moved and cancelled at the same time, through three crm-api',
  goals: [
    none('R23', 'overlapping pairs', 'overlapping pairs'),
    none('R23', 'answers that are neither done nor a clean conflict', 'unclean answers'),
    none('R23', 'deadlocks', 'deadlocks'),
    {
      id: 'R23',
      what: 'bookings, moves and cancellations that were done',
      unit: '',
      limit: { atLeast: 1 },
      figure: (run) => Math.min(total(run, 'booked'), total(run, 'moved'), total(run, 'cancelled')),
    },
  ],
  fleet: { relays: 1, replicas: { 'crm-api': 3 } },
  calls: 1_000,
  rounds: 100,
  isForPlain: false,
  round: async (bench) => {
    const platform = platformOf(bench);
    const before = await deadlocks(platform);
    const business = await Business.open(platform, PEOPLE, SERVICE_MINUTES);
    const answers = await Promise.all(
      Array.from({ length: bench.calls }, (_, index) => oneClient(bench, business, index)),
    );
    const unclean = answers
      .flat()
      .filter(({ status, code }) => (status < 200 || status >= 300) && !(status === 409 && CLEAN.has(code)));
    bench.measure('unclean answers', unclean.length);
    for (const [what, those] of Map.groupBy(unclean, ({ status, code }) => `${status} ${code}`))
      bench.log(`R23: ${those.length} times ${what}`);
    bench.measure('deadlocks', (await deadlocks(platform)) - before);
    await addBookings(bench, business.tenantId);
    const [pairs] = await platform.sql<{ n: number }>(
      `SELECT count(*)::integer AS n
       FROM bookings a
       JOIN bookings b ON a.resource_id = b.resource_id AND a.id < b.id AND a.period && b.period
       WHERE a.tenant_id = $1 AND a.status = 'booked' AND b.status = 'booked'`,
      business.tenantId,
    );
    bench.measure('overlapping pairs', pairs?.n ?? Number.NaN);
  },
};

/** Books an appointment; one booking in three is then moved, and one in three cancelled. */
async function oneClient(bench: Bench, business: Business, replica: number): Promise<Answer[]> {
  const start = () => Business.start(Math.floor(bench.random() * STARTS) / 2);
  const path = '/v1/bookings';
  const booked = await business.ask({
    method: 'POST',
    path,
    key: randomUUID(),
    body: { service: 'visit', start: start() },
    replica,
  });
  if (booked.status !== 201) return [booked];
  bench.measure('booked', 1);
  const { id } = JSON.parse(booked.text) as { id: string };
  const deed = Math.floor(bench.random() * 3);
  if (deed === 0) return [booked];
  const next =
    deed === 1 ? { method: 'PATCH' as const, body: { start: start() } } : { method: 'DELETE' as const };
  const answer = await business.ask({
    ...next,
    path: `${path}/${id}`,
    key: randomUUID(),
    replica: replica + 1,
  });
  if (answer.status === 200) bench.measure(deed === 1 ? 'moved' : 'cancelled', 1);
  return [booked, answer];
}
