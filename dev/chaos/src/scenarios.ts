import type { Scenario } from './run/scenario.ts';
import { chaosMix } from './scenarios/chaos-mix.ts';
import { carrierWebhooks } from './scenarios/effects/carrier-webhooks.ts';
import { oneSlot } from './scenarios/effects/one-slot.ts';
import { overlappingBookings } from './scenarios/effects/overlapping-bookings.ts';
import { sameKey } from './scenarios/effects/same-key.ts';
import { toolWorkerKilled } from './scenarios/effects/tool-worker-killed.ts';
import { webhookReceiverFailing } from './scenarios/effects/webhook-receiver-failing.ts';
import { everyFault } from './scenarios/every-fault.ts';
import { noRelayLeft } from './scenarios/relays/no-relay-left.ts';
import {
  pbxFleetRolled,
  pbxRelayDrained,
  pbxRelayFrozen,
  pbxRelayKilled,
} from './scenarios/relays/pbx-relays.ts';
import { relayFrozen } from './scenarios/relays/relay-frozen.ts';
import { relayHerd } from './scenarios/relays/relay-herd.ts';
import { relayKilled } from './scenarios/relays/relay-killed.ts';
import { relayStalled } from './scenarios/relays/relay-stalled.ts';
import { fleetRolled, relayDrained } from './scenarios/relays/relays-drained.ts';
import {
  softphoneRelayDrained,
  softphoneRelayFrozen,
  softphoneRelayKilled,
} from './scenarios/relays/softphone-relays.ts';
import { ingressKilled } from './scenarios/servers/ingress-killed.ts';
import { postgresGone } from './scenarios/servers/postgres-gone.ts';
import { postgresKilled } from './scenarios/servers/postgres-killed.ts';
import { redisFailedOver } from './scenarios/servers/redis-failed-over.ts';
import { redisGone, redisRestarted } from './scenarios/servers/redis-gone.ts';

/** Scenarios with one kind of fault each, in the order they are run. */
const SINGLE_FAULTS: readonly Scenario[] = [
  relayKilled,
  pbxRelayKilled,
  softphoneRelayKilled,
  relayFrozen,
  pbxRelayFrozen,
  softphoneRelayFrozen,
  relayDrained,
  pbxRelayDrained,
  softphoneRelayDrained,
  fleetRolled,
  pbxFleetRolled,
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
