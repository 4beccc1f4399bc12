import type { WebhookBody } from '../events/business-event.ts';
import type { JsonValue } from '../tools/json-value.ts';
import type { CrmEventType } from './crm-event.ts';

/*
 * Events as they are sent, with invented content: for trying a mapping, and for knowing which fields there
 * are.
 */

const CALL = '11111111-1111-4111-8111-111111111111';
const CONTACT = { id: '22222222-2222-4222-8222-222222222222', phone: '+12025550123', name: 'Ada Lovelace' };
const AT = '2027-03-01T14:00:00.000Z';

const BOOKING: Record<string, JsonValue> = {
  bookingId: '33333333-3333-4333-8333-333333333333',
  reference: 'K48213',
  status: 'booked',
  start: '2027-03-02T15:00:00.000Z',
  end: '2027-03-02T16:00:00.000Z',
  timeZone: 'America/New_York',
  service: { key: 'visit', name: 'Visit' },
  resource: { id: '44444444-4444-4444-8444-444444444444', name: 'Engineer' },
  contact: CONTACT,
  name: 'Ada Lovelace',
  notes: 'The boiler is loud.',
  callId: CALL,
  createdAt: AT,
  cancelledAt: null,
  seriesId: null,
};

const DATA: Readonly<Record<CrmEventType, Record<string, JsonValue>>> = {
  'contact.updated': {
    contactId: CONTACT.id,
    phone: CONTACT.phone,
    name: CONTACT.name,
    email: 'ada@example.com',
    notes: 'Prefers mornings.',
    language: 'en-US',
    createdAt: AT,
    updatedAt: AT,
    phones: [{ number: CONTACT.phone, label: 'mobile', isPrimary: true }],
    emails: [{ address: 'ada@example.com', label: 'work', isPrimary: true }],
    mergedFrom: null,
    consent: null,
  },
  'lead.created': {
    leadId: '55555555-5555-4555-8555-555555555555',
    contact: CONTACT,
    name: CONTACT.name,
    summary: 'Wants a new boiler before winter.',
    source: 'call',
    urgency: 'normal',
    stage: 'new',
    callId: CALL,
    createdAt: AT,
    updatedAt: AT,
  },
  'call.ended': {
    callId: CALL,
    direction: 'inbound',
    channel: 'phone',
    from: CONTACT.phone,
    to: '+12025550199',
    carrierCallId: 'CA0123',
    attestation: 'A',
    agent: { id: '66666666-6666-4666-8666-666666666666', version: 3, name: 'Sarah' },
    language: 'en-US',
    status: 'completed',
    admittedAt: AT,
    answeredAt: '2027-03-01T14:00:02.000Z',
    endedAt: '2027-03-01T14:03:02.000Z',
    durationMs: 180_000,
    termination: { by: 'caller', reason: 'hung-up' },
    disposition: { outcome: 'booked', detail: 'A visit on Tuesday.' },
  },
  'booking.created': BOOKING,
  'booking.moved': { ...BOOKING, start: '2027-03-03T15:00:00.000Z', end: '2027-03-03T16:00:00.000Z' },
  'booking.cancelled': { ...BOOKING, status: 'cancelled', cancelledAt: AT },
  'staff-message.created': {
    staffMessageId: '77777777-7777-4777-8777-777777777777',
    contact: CONTACT,
    name: CONTACT.name,
    forWhom: 'Service',
    body: 'Please call about the invoice.',
    urgency: 'normal',
    callbackWanted: true,
    callbackAt: null,
    state: 'open',
    callId: CALL,
    createdAt: AT,
    doneAt: null,
    timeZone: 'America/New_York',
  },
};

/** Returns an event of this type with invented content. */
export function sampleEvent(type: CrmEventType): WebhookBody & { readonly data: Record<string, JsonValue> } {
  return {
    id: 'evt_88888888-8888-4888-8888-888888888888',
    type,
    timestamp: AT,
    tenantId: '99999999-9999-4999-8999-999999999999',
    subject: { kind: 'call', id: CALL },
    sequence: 1,
    data: DATA[type],
  };
}
