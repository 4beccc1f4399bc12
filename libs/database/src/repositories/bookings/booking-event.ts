import type { BusinessEventType, TenantId } from '@tandem/contracts';
import { subjectOf, type OutboxEvent } from '../webhooks/outbox.ts';
import type { Booking } from '../../entities/booking.ts';

export type BookingEvent = Extract<BusinessEventType, `booking.${string}`>;

export function bookingEvent(type: BookingEvent, tenantId: TenantId, booking: Booking): OutboxEvent {
  const {
    id,
    reference,
    status,
    startsAt,
    endsAt,
    timeZone,
    serviceId,
    service,
    resource,
    contact,
    name,
    notes,
    callId,
    createdAt,
    cancelledAt,
    seriesId,
  } = booking;
  return {
    tenantId,
    type,
    subject: subjectOf('booking', id, callId),
    facets: { serviceIds: [serviceId], resourceIds: [resource.id] },
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
      seriesId,
    },
  };
}
