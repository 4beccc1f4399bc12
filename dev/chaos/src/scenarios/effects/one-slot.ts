import { randomUUID } from 'node:crypto';
import type { Bench } from '../../bench/bench.ts';
import { platformOf } from '../../bench/platform.ts';
import { Business, deadlocks, type Answer } from '../../effects/business.ts';
import { addBookings } from '../../effects/current-bookings.ts';
import type { Scenario } from '../../run/scenario.ts';
import { most, none } from '../figures.ts';

const API_REPLICAS = 3;
const WARM_UP_BOOKINGS = 90;

/** R22: all callers want the same appointment at the same moment. */
export const oneSlot: Scenario = {
  name: 'R22',
  about: 'many bookings of one slot at once, through three crm-api',
  goals: [
    none('R22', 'winners beside the one', 'too many or too few booked'),
    none('R22', 'answers that are neither 201 nor 409 slot-taken', 'unclean answers'),
    none('R22', 'deadlocks', 'deadlocks'),
    {
      id: 'R22',
      what: 'until all are answered, longest',
      unit: 'ms',
      limit: { atMost: 3_000 },
      figure: (run) => most(run, 'all answered'),
    },
  ],
  fleet: { relays: 1, replicas: { 'crm-api': API_REPLICAS } },
  calls: 1_000,
  rounds: 10,
  isForPlain: false,
  round: async (bench) => {
    const platform = platformOf(bench);
    // A process spends a second on compiling at its first booking; only later bookings are measured.
    await everybodyBooks(await Business.open(platform, 1), WARM_UP_BOOKINGS);
    await contend(bench, await Business.open(platform, 1));
  },
};

function everybodyBooks(business: Business, many: number): Promise<Answer[]> {
  const body = { service: 'visit', start: Business.start(0) };
  return Promise.all(
    Array.from({ length: many }, (_, index) =>
      business.ask({ method: 'POST', path: '/v1/bookings', key: randomUUID(), body, replica: index }),
    ),
  );
}

async function contend(bench: Bench, business: Business): Promise<void> {
  const platform = platformOf(bench);
  const before = await deadlocks(platform);
  const begunAt = performance.now();
  const answers = await everybodyBooks(business, bench.calls);
  bench.measure('all answered', performance.now() - begunAt);
  bench.measure(
    'unclean answers',
    answers.filter(({ status, code }) => status !== 201 && !(status === 409 && code === 'slot-taken')).length,
  );
  bench.measure('deadlocks', (await deadlocks(platform)) - before);
  const won = answers.filter(({ status }) => status === 201).length;
  bench.measure(
    'too many or too few booked',
    Math.abs((await addBookings(bench, business.tenantId)) - 1) + Math.abs(won - 1),
  );
}
