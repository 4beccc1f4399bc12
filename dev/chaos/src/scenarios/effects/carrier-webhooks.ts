import type { Bench } from '../../bench/bench.ts';
import { platformOf } from '../../bench/platform.ts';
import { carrierCall, deliver, type Webhook } from '../../effects/carrier-calls.ts';
import { inParallel, shuffled } from '../../effects/order.ts';
import type { Scenario } from '../../run/scenario.ts';
import { none, some } from '../figures.ts';

const DIALLED = '+12025550100';
const MOST_DELIVERIES = 5;
const AT_ONCE = 64;
const SETTLED_PATIENCE_MS = 90_000;
/** A relay with room for all the calls, none of which ever opens a stream. */
const ROOM = 5_000;

interface CallState {
  readonly sid: string;
  readonly course: number;
}

/**
 * R24: the carrier's requests arrive several times, in any order, all at once; for half of the calls as
 * usual.
 */
export const carrierWebhooks: Scenario = {
  name: 'R24',
  about: 'carrier webhooks delivered one to five times, shuffled, through two call-ingress',
  goals: [
    some('R24', 'events delivered', 'events'),
    none('R24', 'calls that end other than the same course delivered in order', 'other endings'),
    none('R24', 'effects beside the one: calls, facts, rows', 'double effects'),
    none('R24', 'answers that are not 2xx', 'bad answers'),
  ],
  fleet: { relays: 1, replicas: { 'call-ingress': 2 }, env: { RELAY_MAX_CALLS: String(ROOM) } },
  calls: 1_000,
  rounds: 5,
  isForPlain: false,
  round: async (bench) => {
    const { accountSid } = bench.fleet.twilio;
    const inOrder = Array.from({ length: bench.calls / 2 }, (_, course) => ({
      course,
      ...carrierCall(course, DIALLED, accountSid),
    }));
    const mixed = Array.from({ length: bench.calls / 2 }, (_, course) => ({
      course,
      ...carrierCall(course, DIALLED, accountSid),
    }));
    const send = sender(bench);
    const deliveries = mixed.flatMap(({ webhooks }) =>
      webhooks.flatMap((webhook) =>
        Array.from({ length: 1 + Math.floor(bench.random() * MOST_DELIVERIES) }, () => webhook),
      ),
    );
    bench.measure(
      'events',
      [...inOrder, ...mixed].reduce((sum, { webhooks }) => sum + webhooks.length, 0),
    );
    await inParallel(inOrder, AT_ONCE, async ({ webhooks }) => {
      for (const webhook of webhooks) await send(webhook);
    });
    await inParallel(shuffled(deliveries, bench.random), AT_ONCE, send);
    await compare(bench, inOrder, mixed);
  },
};

function sender(bench: Bench): (webhook: Webhook) => Promise<void> {
  const platform = platformOf(bench);
  const urls = platform.urlsOf('call-ingress');
  return async (webhook) => {
    const status = await deliver(
      webhook,
      { to: bench.pick(urls), signedFor: platform.publicUrl },
      platform.stack.twilioAuthToken,
    );
    if (status < 200 || status > 299) bench.measure('bad answers', 1);
  };
}

async function compare(
  bench: Bench,
  inOrder: readonly CallState[],
  mixed: readonly CallState[],
): Promise<void> {
  bench.measure('bad answers', 0);
  const [expected, found] = [await endings(bench, inOrder), await endings(bench, mixed)];
  bench.measure(
    'other endings',
    mixed.filter(
      ({ course, sid }) =>
        found.get(sid) === undefined || found.get(sid) !== expected.get(inOrder[course]?.sid ?? ''),
    ).length,
  );
  bench.measure('double effects', await doubles(bench, mixed));
}

/** Returns the ends of the calls, once all are over and their last reports are stored. */
async function endings(bench: Bench, calls: readonly CallState[]): Promise<Map<string, string>> {
  const platform = platformOf(bench);
  const sids = calls.map(({ sid }) => sid);
  const query = `SELECT carrier_call_id AS sid, concat_ws('/', status, termination_class, termination_reason,
            (SELECT outcome FROM dispositions WHERE call_id = call.id)) AS ending
     FROM calls call WHERE carrier_call_id = ANY($1) AND ended_at IS NOT NULL`;
  const rows = await platform.eventually(
    () => platform.sql<{ sid: string; ending: string }>(query, sids),
    (some) => some.length >= sids.length,
    'all calls to be written down',
    SETTLED_PATIENCE_MS,
  );
  return new Map(rows.map(({ sid, ending }) => [sid, ending]));
}

async function doubles(bench: Bench, calls: readonly CallState[]): Promise<number> {
  const platform = platformOf(bench);
  const sids = calls.map(({ sid }) => sid);
  const rows = await platform.sql<{ id: string }>(
    'SELECT id FROM calls WHERE carrier_call_id = ANY($1)',
    sids,
  );
  const facts = await Promise.all(
    calls.map(async ({ sid }) => {
      const callId = await platform.records.findByCarrierId(sid);
      const { events } = callId ? await platform.records.events(callId) : { events: [] };
      const names = events.map(({ type, data }) =>
        type === 'carrier.reported' ? `${type} ${data.status} ${data.sequence}` : type,
      );
      return names.length - new Set(names).size;
    }),
  );
  return rows.length - sids.length + facts.reduce((sum, count) => sum + count, 0);
}
