import {
  agentSnapshotSchema,
  attestationSchema,
  callDirectionSchema,
  callerSchema,
  callIdSchema,
  callParametersSchema,
  channelSchema,
  partySchema,
  tenantIdSchema,
  type RelayId,
  type CallId,
  type NewCallEvent,
  type TenantId,
} from '@tandem/contracts';
import { z } from 'zod';

const micros = z.number().int().min(0);
/** Money in micros: millionths of a US dollar. */
const spendingSchema = z.object({
  /** The tenant's local day the call was admitted on, YYYY-MM-DD; all it uses counts on it. */
  day: z.iso.date(),
  /** Limits on the tenant's calls of that day, and of its month; null for no limit. */
  dailyMicros: micros.nullable(),
  monthlyMicros: micros.nullable(),
  warnShare: z.number().min(0.1).max(1),
});
export type CallSpending = z.infer<typeof spendingSchema>;

/** Everything a relay needs to hold a call: written at admission, sealed, read at every claim. */
export const admissionRecordSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  direction: callDirectionSchema,
  channel: channelSchema,
  from: partySchema,
  to: partySchema,
  carrierCallId: z.string().max(128),
  /** The carrier's account the call came over. */
  carrierAccountId: z.string().max(64).optional(),
  attestation: attestationSchema.optional(),
  /** The caller's number is not trusted: nothing that depends on it is opened to them. */
  isNumberDoubted: z.boolean().optional(),
  /** Unix time in ms. */
  admittedAt: z.number().int(),
  agent: agentSnapshotSchema,
  caller: callerSchema.prefault({}),
  /** Parameters that the caller's app gave to the call. */
  parameters: callParametersSchema.optional(),
  /** The rate of the caller's audio in Hz, where the carrier says it before the stream begins. */
  audioRateHz: z.number().int().min(8_000).max(192_000).optional(),
  /** BCP 47; the call begins in it. */
  language: z.string().min(2).max(35),
  /** The budgets the call's cost counts against; absent where none is counted. */
  spending: spendingSchema.optional(),
  traceparent: z.string().max(64).optional(),
});
export type AdmissionRecord = z.infer<typeof admissionRecordSchema>;

/**
 * `transferring`: its last owner has asked for a person and released the call; the carrier dials or both
 * talk. `connected` also when the stream was lost and another relay is about to take over.
 */
export type CallPhase = 'admitted' | 'connected' | 'transferring' | 'ended';

/** The state of a call in Redis. */
export interface CallState {
  readonly phase: CallPhase;
  readonly tenantId: TenantId;
  /** Unix time in ms, by the clock of Redis. */
  readonly admittedAt: number;
  /** Epoch of the last owner; 0 before the first stream. */
  readonly epoch: number;
  /** Epoch of the last stream offered to the carrier; above `epoch` until a relay has claimed it. */
  readonly lastOfferedEpoch: number;
  /** The last owner. */
  readonly relayId: RelayId | null;
  /** The relay it was last offered to, whether it came there or not. */
  readonly offeredTo: RelayId | null;
  /** The dialled person has accepted the call, or need not be asked. */
  readonly isAccepted: boolean;
  /** The carrier has reported the end of the caller's leg. */
  readonly hasCallerLeft: boolean;
  /** The last owner has released it for another relay to take. */
  readonly isHandedOver: boolean;
  /**
   * How the last owner's stream ended: closed in order by the carrier, which did not say whether the caller
   * is still there, or broken. Null while it has it, and when it ended otherwise.
   */
  readonly streamEnd: 'closed-by-carrier' | 'lost' | null;
  /** Why it ended, once it has. */
  readonly endReason: string | null;
}

/** A call that has not ended. */
export interface LiveCall extends CallState {
  readonly callId: CallId;
}

/** The first event of the call's log, as the record has it. */
export function admittedEvent(record: AdmissionRecord): NewCallEvent {
  const { direction, channel, from, to, carrierCallId, attestation = null, agent, language, caller } = record;
  return {
    type: 'call.admitted',
    data: {
      direction,
      channel,
      from,
      to,
      carrierCallId,
      attestation,
      agentId: agent.agentId,
      agentName: agent.name,
      agentVersion: agent.agentVersion,
      modelKind: agent.model.kind,
      language,
      variantKey: agent.variantKey,
      callerGroup: caller.group,
    },
  };
}
