import { randomUUID } from 'node:crypto';
import { fillOwnFields, type JsonValue } from '@tandem/contracts';
import type { CrmAdapter, CrmEvent, CrmPerson, PushContext } from '../crm-adapter.ts';
import { CrmFault } from '../crm-fault.ts';
import {
  bookingFacts,
  callFacts,
  contactOf,
  leadFacts,
  messageFacts,
  namesOf,
  partyOf,
  textAt,
  updatedPerson,
} from '../event-facts.ts';
import { DuplicateDetected, quoted, SalesforceSession } from './salesforce-session.ts';

/*
 * Events as records of Salesforce: contacts, leads, tasks and events. Wire facts: "Contact", "Lead", "Task"
 * and "Event" of its Object Reference.
 */

type Fields = Record<string, JsonValue>;
type Push = (event: CrmEvent, session: SalesforceSession, context: PushContext) => Promise<void>;

const PUSHES: Readonly<Record<string, Push>> = {
  'contact.updated': pushContact,
  'lead.created': pushLead,
  'call.ended': pushCall,
  'booking.created': pushBooking,
  'booking.moved': pushBooking,
  'booking.cancelled': pushBooking,
  'staff-message.created': pushMessage,
};

/** A lead needs a company. */
const NO_COMPANY = '[not provided]';
const MAX_SUBJECT = 255;

export const salesforceCrm: CrmAdapter = {
  async push(event, context) {
    const push = PUSHES[event.type];
    if (push === undefined) throw new CrmFault('refused', 'not-mapped');
    const session = new SalesforceSession(context);
    await push(event, session, context);
    return session.lastStatus;
  },

  async check(_event, context) {
    const session = new SalesforceSession(context);
    for (const type of new Set([session.settings.contactAs, 'Lead', 'Task', 'Event']))
      await session.find(type, randomUUID());
    return session.lastStatus;
  },
};

async function pushContact(event: CrmEvent, session: SalesforceSession): Promise<void> {
  const person = updatedPerson(event);
  const own = fillOwnFields(session.settings.fields.contact, event);
  await writeContact(session, person, { ...personFields(session, person), ...own });
}

/** Returns the id of a person's contact there, which is linked or made when there is none. */
async function ensureContact(session: SalesforceSession, person: CrmPerson): Promise<string> {
  const linked = await session.find(session.settings.contactAs, person.id);
  return linked ?? writeContact(session, person, personFields(session, person), true);
}

/** Writes a contact. @param isKept a contact the business has already is linked and not changed */
async function writeContact(
  session: SalesforceSession,
  person: CrmPerson,
  fields: Fields,
  isKept = false,
): Promise<string> {
  const { contactAs: type, idField } = session.settings;
  const link = { [idField]: person.id };
  const take = async (id: string): Promise<string> => {
    await session.update(type, id, isKept ? link : { ...fields, ...link });
    return id;
  };
  const linked = isKept ? null : await session.find(type, person.id);
  const existing = linked === null ? await findExisting(session, person) : null;
  if (existing !== null) return take(existing);
  try {
    return await session.upsert(type, person.id, fields);
  } catch (error) {
    const [only, ...others] = error instanceof DuplicateDetected && linked === null ? error.ids : [];
    if (only === undefined || others.length > 0) throw error;
    return take(only);
  }
}

/** Returns a contact of the business with the person's address or number, that is linked to nobody. */
async function findExisting(session: SalesforceSession, { email, phone }: CrmPerson): Promise<string | null> {
  const { contactAs, idField } = session.settings;
  const same = [
    ...(email === null ? [] : [`Email = ${quoted(email)}`]),
    ...(phone === null ? [] : [`Phone = ${quoted(phone)}`, `MobilePhone = ${quoted(phone)}`]),
  ];
  if (same.length === 0) return null;
  const found = await session.query(contactAs, `${idField} = null AND (${same.join(' OR ')})`);
  // Of several it is not known which one is meant.
  return found.length === 1 ? (found[0] ?? null) : null;
}

function personFields({ settings }: SalesforceSession, { phone, name, email }: CrmPerson): Fields {
  const { first, last } = namesOf(name);
  const all = {
    FirstName: first,
    LastName: last ?? phone ?? email ?? 'Unknown',
    Phone: phone,
    Email: email,
    Company: settings.contactAs === 'Lead' ? NO_COMPANY : null,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

async function contactIdOf(
  event: CrmEvent,
  session: SalesforceSession,
  context: PushContext,
): Promise<string | null> {
  const person = await contactOf(event, context);
  return person === null ? null : ensureContact(session, person);
}

const whoOf = (contactId: string | null): Fields => (contactId === null ? {} : { WhoId: contactId });

async function pushCall(event: CrmEvent, session: SalesforceSession, context: PushContext): Promise<void> {
  const phone = partyOf(event);
  const person = phone === null ? null : await context.personByPhone(phone);
  const contactId = person ? await ensureContact(session, person) : null;
  const call = callFacts(event);
  await session.upsert('Task', call.id, {
    Subject: call.title.slice(0, MAX_SUBJECT),
    Status: 'Completed',
    TaskSubtype: 'Call',
    CallType: call.isInbound ? 'Inbound' : 'Outbound',
    CallDurationInSeconds: Math.round(call.durationMs / 1_000),
    CallDisposition: (call.outcome ?? call.status).slice(0, MAX_SUBJECT),
    Description: call.body,
    ActivityDate: call.at.slice(0, 10),
    ...whoOf(contactId),
    ...fillOwnFields(session.settings.fields.call, event),
  });
}

async function pushBooking(event: CrmEvent, session: SalesforceSession, context: PushContext): Promise<void> {
  const contactId = await contactIdOf(event, session, context);
  const booking = bookingFacts(event);
  await session.upsert('Event', booking.id, {
    Subject: booking.title.slice(0, MAX_SUBJECT),
    Description: booking.body,
    StartDateTime: booking.start,
    EndDateTime: booking.end,
    ShowAs: booking.isCancelled ? 'Free' : 'Busy',
    ...whoOf(contactId),
    ...fillOwnFields(session.settings.fields.booking, event),
  });
}

/** A lead is a record of its own; where contacts are leads, it is the contact's. */
async function pushLead(event: CrmEvent, session: SalesforceSession, context: PushContext): Promise<void> {
  const person = await contactOf(event, context);
  const lead = leadFacts(event);
  const fields = {
    Description: lead.body,
    ...fillOwnFields(session.settings.fields.lead, event),
  };
  if (session.settings.contactAs === 'Lead' && person !== null) {
    const id = await ensureContact(session, person);
    return session.update('Lead', id, fields);
  }
  const nobody = { id: lead.id, phone: null, name: textAt(event, 'name'), email: null };
  const about = personFields(session, person ?? nobody);
  await session.upsert('Lead', lead.id, { ...about, Company: NO_COMPANY, ...fields });
}

async function pushMessage(event: CrmEvent, session: SalesforceSession, context: PushContext): Promise<void> {
  const contactId = await contactIdOf(event, session, context);
  const message = messageFacts(event);
  await session.upsert('Task', message.id, {
    Subject: message.title.slice(0, MAX_SUBJECT),
    Description: message.body,
    Status: 'Not Started',
    Priority: message.isUrgent ? 'High' : 'Normal',
    ActivityDate: message.dueAt.slice(0, 10),
    ...whoOf(contactId),
    ...fillOwnFields(session.settings.fields.task, event),
  });
}
