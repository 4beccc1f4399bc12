import { randomUUID } from 'node:crypto';
import type { AdmissionRecord, CallStore } from '@tandem/call-state';
import { agentSnapshotSchema, UNKNOWN_CALLER, type CallId, type RelayId } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import type { Operator } from './running-control.ts';

const RELAY = 'relay-1' as RelayId;

/** Admits a call of the operator's agent to a relay that is not there. */
export async function admitCall(
  redis: Redis,
  store: CallStore,
  { tenantId, agentId }: Operator,
  change: Partial<AdmissionRecord> = {},
): Promise<AdmissionRecord> {
  const call: AdmissionRecord = {
    callId: randomUUID() as CallId,
    tenantId,
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId: `CA${randomUUID()}`,
    admittedAt: Date.now(),
    caller: UNKNOWN_CALLER,
    language: 'en-US',
    agent: agentSnapshotSchema.parse({
      agentId,
      agentVersion: 1,
      tenantId,
      name: 'Sarah',
      companyName: 'Spec',
      timeZone: 'UTC',
      instructions: '',
      model: { kind: 'guided' },
    }),
    ...change,
  };
  await redis.hset(`tandem:relay:${RELAY}`, { capacity: 1_000, active: 0, draining: 0 });
  await store.admit(call, RELAY, 'x', 60_000);
  return call;
}
