import type { TenantId } from '@tandem/contracts';
import type { OutboxEvent } from '../webhooks/outbox.ts';
import type { CallRecord, RefusedCall } from '../../entities/call-record.ts';

export function callEnded(call: CallRecord): OutboxEvent {
  const {
    callId,
    tenantId,
    direction,
    channel,
    from,
    to,
    carrierCallId,
    attestation,
    agent,
    language,
    status,
    admittedAt,
    answeredAt,
    endedAt,
    durationMs,
    termination,
    disposition,
  } = call;
  return {
    tenantId,
    type: 'call.ended',
    subject: { kind: 'call', id: callId },
    data: {
      callId,
      direction,
      channel,
      from,
      to,
      carrierCallId,
      attestation,
      agent,
      language,
      status,
      admittedAt,
      answeredAt,
      endedAt,
      durationMs,
      termination,
      disposition,
    },
  };
}

export function refusalEvent(
  {
    callId,
    direction,
    channel,
    from,
    to,
    carrierCallId,
    attestation,
    rangAt,
    refusedAt,
    reason,
    language,
  }: RefusedCall,
  tenantId: TenantId,
): OutboxEvent {
  const subject = { kind: 'call', id: callId } as const;
  const call = { callId, direction, channel, from, to, carrierCallId, attestation };
  if (reason === 'callback-requested')
    return {
      tenantId,
      type: 'callback.requested',
      subject,
      data: { ...call, rangAt, requestedAt: refusedAt, language },
    };
  return { tenantId, type: 'call.refused', subject, data: { ...call, rangAt, refusedAt, reason } };
}
