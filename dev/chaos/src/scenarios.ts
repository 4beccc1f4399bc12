import type { Scenario } from './scenario.ts';
import { carrierWebhooks } from './scenarios/carrier-webhooks.ts';
import { chaosMix } from './scenarios/chaos-mix.ts';
import { everyFault } from './scenarios/every-fault.ts';
import { ingressKilled } from './scenarios/ingress-killed.ts';
import { noRelayLeft } from './scenarios/no-relay-left.ts';
import { oneSlot } from './scenarios/one-slot.ts';
import { overlappingBookings } from './scenarios/overlapping-bookings.ts';
import { postgresGone } from './scenarios/postgres-gone.ts';
import { postgresKilled } from './scenarios/postgres-killed.ts';
import { redisFailedOver } from './scenarios/redis-failed-over.ts';
import { redisGone, redisRestarted } from './scenarios/redis-gone.ts';
import { relayFrozen } from './scenarios/relay-frozen.ts';
import { relayHerd } from './scenarios/relay-herd.ts';
import { relayKilled } from './scenarios/relay-killed.ts';
import { relayStalled } from './scenarios/relay-stalled.ts';
import { fleetRolled, relayDrained } from './scenarios/relays-drained.ts';
import { sameKey } from './scenarios/same-key.ts';
import { toolWorkerKilled } from './scenarios/tool-worker-killed.ts';
import { webhookReceiverFailing } from './scenarios/webhook-receiver-failing.ts';

/** One kind of fault each, in the order they are run. */
const SINGLE_FAULTS: readonly Scenario[] = [
  relayKilled,
  relayFrozen,
  relayDrained,
  fleetRolled,
  relayHerd,
  noRelayLeft,
  ingressKilled,
  postgresGone,
  postgresKilled,
  redisRestarted,
  redisGone,
  redisFailedOver,
  toolWorkerKilled,
  webhookReceiverFailing,
  oneSlot,
  overlappingBookings,
  carrierWebhooks,
  sameKey,
  relayStalled,
  chaosMix,
];

/** The faults of the single scenarios, one after the other. */
export const EVERY_FAULT = everyFault(SINGLE_FAULTS);

/** Every scenario, in the order they are run. */
export const SCENARIOS: readonly Scenario[] = [...SINGLE_FAULTS, EVERY_FAULT];
