import { randomUUID } from 'node:crypto';
import type { AdmissionRecord, WaitingCall } from '@tandem/call-state';
import type { CallId } from '@tandem/contracts';
import type { DialledNumber, KnownCaller } from '@tandem/database';
import type { InboundCall } from '../ports/inbound-call.ts';
import type { AccessDecision } from './access-decision.ts';
import { snapshotAgent } from './snapshot-agent.ts';
import { chooseVariant } from './variant-choice.ts';

/** An inbound call with its number and caller looked up. */
export interface LookedUpCall {
  readonly inbound: InboundCall;
  readonly number: DialledNumber;
  /** Only what holds for a doubted number, if the number is doubted. */
  readonly known: KnownCaller;
  readonly isNumberDoubted: boolean;
  readonly access: AccessDecision;
  /** BCP 47: what the carrier asks for, else the caller's own, else the number's, else the agent's. */
  readonly language: string;
}

/** Returns the record of a call that is admitted now; a call that waited keeps its id and its parameters. */
export function recordOf(
  { inbound, number, known, isNumberDoubted, access, language }: LookedUpCall,
  published: NonNullable<DialledNumber['agent']>,
  at: Date,
  waited?: Pick<WaitingCall, 'callId' | 'parameters'>,
): AdmissionRecord {
  const { channel, from, to, carrierCallId, identity } = inbound;
  const tenantId = number.tenant.id;
  const callId = waited?.callId ?? (randomUUID() as CallId);
  const parameters = waited?.parameters ?? inbound.parameters;
  const { agentId } = published;
  const caller = identity.e164 ?? callId;
  const variant = chooseVariant(number.experiment, { tenantId, agentId, caller });
  return {
    callId,
    tenantId,
    direction: 'inbound',
    channel,
    from,
    to,
    carrierCallId,
    ...toldByCarrier(inbound),
    ...(isNumberDoubted ? { isNumberDoubted } : {}),
    admittedAt: at.getTime(),
    agent: snapshotAgent(published, variant, access.group, language),
    caller: { name: known.name, group: access.group?.key ?? null, language: known.language },
    ...(parameters === undefined ? {} : { parameters }),
    language,
  };
}

/** The fields that only some carriers tell. */
function toldByCarrier({
  carrierAccountId,
  attestation,
  audioRateHz,
}: InboundCall): Pick<AdmissionRecord, 'carrierAccountId' | 'attestation' | 'audioRateHz'> {
  return {
    ...(carrierAccountId === null ? {} : { carrierAccountId }),
    ...(attestation === null ? {} : { attestation }),
    ...(audioRateHz === undefined ? {} : { audioRateHz }),
  };
}
