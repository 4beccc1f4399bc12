import { randomUUID } from 'node:crypto';
import {
  agentSnapshotSchema,
  UNKNOWN_CALLER,
  type AgentSnapshotInput,
  type CallId,
  type TenantId,
} from '@tandem/contracts';
import type { AdmissionRecord } from '../calls/admission-record.ts';

export const CALLER_NUMBER = '+12025550123';

const tenantId = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;

/** Returns a call of its own every time, otherwise as given. */
export function someCall(
  record: Partial<AdmissionRecord> = {},
  agent: Partial<AgentSnapshotInput> = {},
): AdmissionRecord {
  return {
    callId: randomUUID() as CallId,
    tenantId,
    direction: 'inbound',
    channel: 'twilio',
    from: CALLER_NUMBER,
    to: '+12025550100',
    carrierCallId: `CA${randomUUID().replaceAll('-', '')}`,
    admittedAt: Date.now(),
    caller: UNKNOWN_CALLER,
    language: 'en-US',
    agent: agentSnapshotSchema.parse({
      agentId: randomUUID(),
      agentVersion: 1,
      tenantId,
      name: 'Sarah',
      companyName: 'Northwind',
      timeZone: 'UTC',
      instructions: '',
      model: { kind: 'guided' },
      ...agent,
    }),
    ...record,
  };
}
