import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../../bench/bench.ts';
import { platformOf } from '../../bench/platform.ts';
import { Business } from '../../effects/business.ts';
import { inParallel } from '../../effects/order.ts';
import { WebhookReceiver, WELL } from '../../effects/webhook-receiver.ts';
import type { Scenario } from '../../run/scenario.ts';
import { most, none, some } from '../figures.ts';

const AT_ONCE = 30;
const PEOPLE = 60;
const SLOTS = 24;
const OUTAGE_MS = 60_000;
const SLOW_MS = 30_000;
const FAILING_MS = 3_000;
/** Longer than the platform waits for a response. */
const SLOW_ANSWER_MS = 20_000;
const DELIVERED_PATIENCE_MS = 240_000;
/** About three minutes from the first try to the last. */
const RETRY_DELAYS_S = '1,1,2,2,4,4,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8';

/**
 * R21: a business system that receives booking events fails in every way it can; a delivering worker is
 * killed, too.
 */
export const webhookReceiverFailing: Scenario = {
  name: 'R21',
  about: 'events to a receiver with 30 % errors, away for 60 s, slow for 30 s; one of two workers killed',
  goals: [
    some('R21', 'events', 'events'),
    none('R21', 'events lost', 'lost'),
    none(
      'R21',
      'events whose body changed between tries, or whose signature did not fit',
      'changed or forged',
    ),
    none('R21', 'subjects whose sequence has gaps or doubles', 'wrong sequences'),
    {
      id: 'R21',
      what: 'until everything is delivered, after the last trouble',
      unit: 's',
      limit: { atMost: 120 },
      figure: (run) => most(run, 'delivered after'),
    },
  ],
  fleet: {
    relays: 1,
    replicas: { 'crm-api': 2, 'post-call-worker': 2 },
    env: { OUTBOUND_TRUSTED_NETWORKS: '127.0.0.0/8', WEBHOOK_RETRY_DELAYS_S: RETRY_DELAYS_S },
  },
  calls: 1_000,
  rounds: 4,
  isForPlain: false,
  round: async (bench) => {
    const platform = platformOf(bench);
    const receiver = new WebhookReceiver(bench.random);
    const business = await Business.open(platform, PEOPLE);
    try {
      await business.subscribe(await receiver.listen(), (secret) => receiver.knows(secret));
      const trouble = troubles(bench, receiver);
      await cause(bench, business);
      await trouble;
      await measureDeliveries(bench, business, receiver);
    } finally {
      await receiver.stopListening();
    }
  },
};

/** Bookings are made, and half of them moved, and all cancelled. */
async function cause(bench: Bench, business: Business): Promise<void> {
  await inParallel(
    Array.from({ length: bench.calls }, (_, index) => index),
    AT_ONCE,
    async (index) => {
      const start = Business.start(index % SLOTS);
      const booked = await business.ask({
        method: 'POST',
        path: '/v1/bookings',
        key: randomUUID(),
        body: { service: 'visit', start },
        replica: index,
      });
      if (booked.status !== 201) return;
      const path = `/v1/bookings/${(JSON.parse(booked.text) as { id: string }).id}`;
      if (index % 2 === 0)
        await business.ask({
          method: 'PATCH',
          path,
          key: randomUUID(),
          body: { start: Business.start(24 + (index % SLOTS)) },
          replica: index,
        });
      await business.ask({ method: 'DELETE', path, key: randomUUID(), replica: index });
    },
  );
}

async function troubles(bench: Bench, receiver: WebhookReceiver): Promise<void> {
  const failing = { ...WELL, errors: 0.3 };
  receiver.mood = failing;
  await sleep(FAILING_MS);
  const worker = bench.pick(['post-call-worker', 'post-call-worker-2']);
  bench.history.add({ kind: 'fault', what: 'kill', target: worker, held: [] });
  await bench.fleet.signal(worker, 'SIGKILL');
  receiver.mood = { ...failing, isBusy: true };
  await sleep(FAILING_MS);
  receiver.mood = { ...failing, delayMs: SLOW_ANSWER_MS };
  await sleep(SLOW_MS);
  await bench.fleet.restart(worker);
  receiver.mood = failing;
  await receiver.stopListening();
  await sleep(OUTAGE_MS);
  await receiver.listen();
}

async function measureDeliveries(bench: Bench, business: Business, receiver: WebhookReceiver): Promise<void> {
  const platform = platformOf(bench);
  const since = Date.now();
  const left = () =>
    platform.sql<{ n: number }>(
      `SELECT count(*)::integer AS n FROM webhook_deliveries WHERE tenant_id = $1 AND state = 'pending'`,
      business.tenantId,
    );
  await platform.eventually(
    left,
    ([row]) => row?.n === 0,
    'all events to be delivered or given up',
    DELIVERED_PATIENCE_MS,
  );
  bench.measure('delivered after', (Date.now() - since) / 1_000);
  const events = await platform.sql<{ id: string; subject: string; sequence: number }>(
    'SELECT id, subject_id AS subject, sequence FROM outbox_events WHERE tenant_id = $1',
    business.tenantId,
  );
  const accepted = new Set(receiver.acceptedIds);
  bench.measure('events', events.length);
  bench.measure('lost', events.filter(({ id }) => !accepted.has(`evt_${id}`)).length);
  bench.measure('changed or forged', receiver.changed + receiver.forged);
  bench.measure('tries', receiver.tries);
  const wrong = [...Map.groupBy(events, ({ subject }) => subject).values()].filter((those) =>
    those
      .map(({ sequence }) => sequence)
      .sort((a, b) => a - b)
      .some((sequence, index) => sequence !== index + 1),
  );
  bench.measure('wrong sequences', wrong.length);
}
