import type { CrmEvent, CrmPerson, PushContext } from './crm-adapter.ts';
import { stringAt } from './crm-http.ts';

/* What an event says, in the words every CRM has. */

export const textAt = ({ data }: CrmEvent, path: string): string | null => stringAt(data, path);

/** Returns the contact in an event, as Tandem knows it now; null without one. */
export async function contactOf(event: CrmEvent, context: PushContext): Promise<CrmPerson | null> {
  const id = textAt(event, 'contact.id');
  if (id === null) return null;
  const known = await context.person(id);
  const name = textAt(event, 'contact.name') ?? textAt(event, 'name');
  return known ?? { id, phone: textAt(event, 'contact.phone'), name, email: null };
}

/** Returns the person of a `contact.updated`, as the event has them. */
export function updatedPerson(event: CrmEvent): CrmPerson {
  const id = textAt(event, 'contactId') ?? event.subject.id;
  const [phone, name, email] = ['phone', 'name', 'email'].map((field) => textAt(event, field));
  return { id, phone: phone ?? null, name: name ?? null, email: email ?? null };
}

const E164 = /^\+[1-9]\d{6,14}$/;

/** Returns the number of the other side of a call; null when it is withheld or no number. */
export function partyOf(event: CrmEvent): string | null {
  const party = textAt(event, textAt(event, 'direction') === 'outbound' ? 'to' : 'from');
  return party !== null && E164.test(party) ? party : null;
}

/** Returns first and last name: the last word is the last name; a single word is the last name too. */
export function namesOf(name: string | null): {
  readonly first: string | null;
  readonly last: string | null;
} {
  const words = (name ?? '')
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return { first: null, last: null };
  return { first: words.slice(0, -1).join(' ') || null, last: words.at(-1) ?? null };
}

/** Facts of a call that ended. */
export interface CallFacts {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly at: string;
  readonly durationMs: number;
  readonly isInbound: boolean;
  readonly isAnswered: boolean;
  readonly status: string;
  readonly outcome: string | null;
}

export function callFacts(event: CrmEvent): CallFacts {
  const outcome = textAt(event, 'disposition.outcome');
  const summary = textAt(event, 'disposition.detail');
  const agent = textAt(event, 'agent.name');
  const durationMs = event.data['durationMs'];
  const isInbound = textAt(event, 'direction') !== 'outbound';
  const status = textAt(event, 'status') ?? 'completed';
  return {
    id: textAt(event, 'callId') ?? event.subject.id,
    title: [
      isInbound ? 'Call to' : 'Call by',
      agent ?? 'the agent',
      ...(outcome ? [`(${outcome})`] : []),
    ].join(' '),
    body: [summary, outcome === null ? null : `Outcome: ${outcome}`]
      .filter((line) => line !== null)
      .join('\n'),
    at: textAt(event, 'answeredAt') ?? textAt(event, 'admittedAt') ?? event.timestamp,
    durationMs: typeof durationMs === 'number' ? durationMs : 0,
    isInbound,
    isAnswered: textAt(event, 'answeredAt') !== null,
    status,
    outcome,
  };
}

/** Facts of a booking. */
export interface BookingFacts {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly start: string;
  readonly end: string;
  readonly isCancelled: boolean;
}

export function bookingFacts(event: CrmEvent): BookingFacts {
  const isCancelled = textAt(event, 'status') === 'cancelled';
  const service = textAt(event, 'service.name') ?? 'Appointment';
  const reference = textAt(event, 'reference');
  const start = textAt(event, 'start') ?? event.timestamp;
  const resource = textAt(event, 'resource.name');
  return {
    id: textAt(event, 'bookingId') ?? event.subject.id,
    title: `${isCancelled ? 'Cancelled: ' : ''}${service}${reference ? ` (${reference})` : ''}`,
    body: [textAt(event, 'notes'), resource && `With: ${resource}`].filter(Boolean).join('\n'),
    start,
    end: textAt(event, 'end') ?? start,
    isCancelled,
  };
}

/** Something the staff has to do: a message that was left, or a lead. */
export interface TaskFacts {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly dueAt: string;
  readonly isUrgent: boolean;
}

export function messageFacts(event: CrmEvent): TaskFacts {
  const forWhom = textAt(event, 'forWhom');
  const isCallback = event.data['callbackWanted'] === true;
  const from = textAt(event, 'name') ?? textAt(event, 'contact.name') ?? textAt(event, 'contact.phone');
  return {
    id: textAt(event, 'staffMessageId') ?? event.subject.id,
    title: [
      isCallback ? 'Call back' : 'Message',
      ...(from ? [`from ${from}`] : []),
      ...(forWhom ? [`for ${forWhom}`] : []),
    ].join(' '),
    body: textAt(event, 'body') ?? '',
    dueAt: textAt(event, 'callbackAt.until') ?? textAt(event, 'createdAt') ?? event.timestamp,
    isUrgent: isUrgent(event),
  };
}

export function leadFacts(event: CrmEvent): TaskFacts {
  const from = textAt(event, 'name') ?? textAt(event, 'contact.name') ?? textAt(event, 'contact.phone');
  return {
    id: textAt(event, 'leadId') ?? event.subject.id,
    title: `New lead${from ? `: ${from}` : ''}`,
    body: textAt(event, 'summary') ?? '',
    dueAt: textAt(event, 'createdAt') ?? event.timestamp,
    isUrgent: isUrgent(event),
  };
}

const isUrgent = (event: CrmEvent): boolean => ['high', 'emergency'].includes(textAt(event, 'urgency') ?? '');
