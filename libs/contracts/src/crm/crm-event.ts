import { z } from 'zod';
import type { BusinessEventType, EventSubject } from '../events/business-event.ts';

/** Events that a CRM can be told. */
export const CRM_EVENTS = [
  'contact.updated',
  'lead.created',
  'call.ended',
  'booking.created',
  'booking.moved',
  'booking.cancelled',
  'staff-message.created',
] as const satisfies readonly BusinessEventType[];
export const crmEventSchema = z.enum(CRM_EVENTS);
export type CrmEventType = z.infer<typeof crmEventSchema>;

/** The part of a CRM that an event writes. */
interface CrmTarget {
  /** The record that the event describes, such as `booking:<id>`. */
  readonly record: string;
  /** Everything that the event touches: events with one of these in common are pushed in their order. */
  readonly keys: readonly string[];
}

const ID_FIELDS = [
  ['contact', 'contactId'],
  ['booking', 'bookingId'],
  ['lead', 'leadId'],
  ['staff-message', 'staffMessageId'],
] as const;

/** Returns the record of an event and what it touches: the record, its contact and the event's subject. */
export function crmTargetOf(subject: EventSubject, data: object): CrmTarget {
  const fields = data as Readonly<Record<string, unknown>>;
  const own = ID_FIELDS.find(([, field]) => typeof fields[field] === 'string');
  const about = `${subject.kind}:${subject.id}`;
  const record = own ? `${own[0]}:${String(fields[own[1]])}` : about;
  const contact = fields['contact'] as { readonly id?: unknown } | null | undefined;
  const contacts = typeof contact?.id === 'string' ? [`contact:${contact.id}`] : [];
  return { record, keys: [...new Set([record, about, ...contacts])] };
}
