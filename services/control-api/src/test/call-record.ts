import { randomUUID } from 'node:crypto';
import type { CallId, TenantId } from '@tandem/contracts';
import type { CallRecord } from '@tandem/database';

/** Returns the record of a short call without anything in it. */
export function someCallRecord(tenantId: TenantId, change: Partial<CallRecord> = {}): CallRecord {
  return {
    callId: randomUUID() as CallId,
    tenantId,
    status: 'completed',
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId: null,
    attestation: null,
    agent: null,
    modelKind: null,
    language: 'en-US',
    variantKey: null,
    callerGroup: null,
    admittedAt: new Date('2027-03-01T14:00:00.000Z'),
    answeredAt: null,
    endedAt: null,
    durationMs: 60_000,
    termination: null,
    latencies: {},
    usage: [],
    cost: null,
    models: [],
    missingEvents: 0,
    eventCount: 1,
    events: [],
    legs: [],
    utterances: [],
    toolCalls: [],
    recordings: [],
    disposition: null,
    ...change,
  };
}
