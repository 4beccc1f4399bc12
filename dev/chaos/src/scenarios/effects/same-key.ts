import { randomUUID } from 'node:crypto';
import type { Bench } from '../../bench/bench.ts';
import { platformOf } from '../../bench/platform.ts';
import { Business } from '../../effects/business.ts';
import type { Scenario } from '../../run/scenario.ts';
import { most, none } from '../figures.ts';

const PATIENCE_MS = 20_000;

/** R25: one request sent many times under one Idempotency-Key, and another one under the same key. */
export const sameKey: Scenario = {
  name: 'R25',
  about: 'one booking sent many times at once under one Idempotency-Key, through three crm-api',
  goals: [
    none('R25', 'effects beside the one', 'other than one effect'),
    none('R25', 'answers that differ from the first', 'differing answers'),
    none('R25', 'other bodies under the same key that were not refused', 'bodies let through'),
    {
      id: 'R25',
      what: 'until all are answered, longest',
      unit: 'ms',
      limit: { atMost: 5_000 },
      figure: (run) => most(run, 'all answered'),
    },
  ],
  fleet: { relays: 1, replicas: { 'crm-api': 3 } },
  calls: 1_000,
  rounds: 10,
  isForPlain: false,
  round: async (bench) => {
    const platform = platformOf(bench);
    const business = await Business.open(platform, 1);
    const key = randomUUID();
    await repeat(bench, business, key);
    await platform.stack.postgres.kill();
    await platform.stack.postgres.start();
    await repeat(bench, business, key);
  },
};

async function repeat(bench: Bench, business: Business, key: string): Promise<void> {
  const ask = (index: number, hours: number) =>
    business.requestUntilAnswered(
      {
        method: 'POST',
        path: '/v1/bookings',
        key,
        body: { service: 'visit', start: Business.start(hours) },
        replica: index,
      },
      PATIENCE_MS,
    );
  const begunAt = performance.now();
  const answers = await Promise.all(Array.from({ length: bench.calls }, (_, index) => ask(index, 0)));
  bench.measure('all answered', performance.now() - begunAt);
  bench.measure(
    'differing answers',
    answers.filter(({ status, text }) => status !== 201 || text !== answers[0]?.text).length,
  );
  const others = await Promise.all([1, 2, 3].map((hours) => ask(hours, hours)));
  bench.measure(
    'bodies let through',
    others.filter(({ status, code }) => status !== 422 || code !== 'idempotency-key-reused').length,
  );
  bench.measure('other than one effect', Math.abs((await business.bookings()).length - 1));
}
