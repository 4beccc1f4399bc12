import type { BusinessEventType, TenantId } from '@tandem/contracts';
import type { CallRecord, RefusedCall } from '../call-record.ts';
import type { Booking } from './booking.repository.ts';
import type { OutboxEvent } from './outbox.ts';

/*
 * What business systems are told of calls and bookings: fields may be added, none changes its meaning
 * (docs/webhooks.md).
 */

export type BookingEvent = Extract<BusinessEventType, `booking.${string}`>;

export function bookingEvent(type: BookingEvent, tenantId: TenantId, booking: Booking): OutboxEvent {
  const {
    id,
    reference,
    status,
    startsAt,
    endsAt,
    timeZone,
    service,
    resource,
    contact,
    name,
    notes,
    callId,
    createdAt,
    cancelledAt,
  } = booking;
  return {
    tenantId,
    type,
    subject: callId === null ? { kind: 'booking', id } : { kind: 'call', id: callId },
    data: {
      bookingId: id,
      reference,
      status,
      start: startsAt,
      end: endsAt,
      timeZone,
      service,
      resource,
      contact,
      name,
      notes,
      callId,
      createdAt,
      cancelledAt,
    },
  };
}

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
