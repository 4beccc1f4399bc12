import { describe, expect, it } from '@jest/globals';
import { sampleEvent, type CallId, type CrmEventType, type TenantId } from '@tandem/contracts';
import type { Booking } from '../../entities/booking.ts';
import type { CallRecord } from '../../entities/call-record.ts';
import type { Contact } from '../../entities/contact.ts';
import type { Lead, StaffMessage } from '../../entities/enquiry.ts';
import { bookingEvent } from '../bookings/booking-event.ts';
import { callEnded } from '../calls/call-event.ts';
import { contactUpdated } from '../contacts/contact-event.ts';
import { leadEvent, staffMessageEvent } from '../enquiries/enquiry-event.ts';
import type { OutboxEvent } from '../webhooks/outbox.ts';

const TENANT = '99999999-9999-4999-8999-999999999999' as TenantId;
const AT = new Date(0);

const contact: Contact = {
  id: 'c',
  phone: '+12025550123',
  phones: [{ value: '+12025550123', label: '', isPrimary: true }],
  name: null,
  email: null,
  emails: [{ value: 'ada@example.com', label: '', isPrimary: true }],
  notes: '',
  language: null,
  createdAt: AT,
  updatedAt: AT,
};
const lead: Lead = {
  id: 'l',
  contact: null,
  name: null,
  summary: '',
  source: 'call',
  urgency: 'normal',
  stage: 'new',
  callId: null,
  createdAt: AT,
  updatedAt: AT,
};
const message: StaffMessage = {
  id: 'm',
  contact: null,
  name: null,
  forWhom: null,
  body: '',
  urgency: 'normal',
  isCallbackWanted: false,
  callbackFrom: null,
  callbackUntil: null,
  state: 'open',
  callId: null,
  createdAt: AT,
  doneAt: null,
  timeZone: 'UTC',
};

// Their events name each field, so that an empty record shows them all.
const booking = { resource: {} } as Booking;
const call = { callId: 'x' as CallId } as CallRecord;

const EVENTS: Readonly<Record<CrmEventType, OutboxEvent>> = {
  'contact.updated': contactUpdated(TENANT, contact, null, { mergedFrom: null, consent: null }),
  'lead.created': leadEvent(TENANT, lead),
  'call.ended': callEnded(call),
  'booking.created': bookingEvent('booking.created', TENANT, booking),
  'booking.moved': bookingEvent('booking.moved', TENANT, booking),
  'booking.cancelled': bookingEvent('booking.cancelled', TENANT, booking),
  'staff-message.created': staffMessageEvent(TENANT, message),
};

describe('the sample of an event', () => {
  it.each(Object.entries(EVENTS))('%s has the fields of the real one', (type, { data }) => {
    expect(Object.keys(sampleEvent(type as CrmEventType).data).sort()).toEqual(Object.keys(data).sort());
  });
});
