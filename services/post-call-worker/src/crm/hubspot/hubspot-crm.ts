import { fillOwnFields, valueAt, type JsonValue } from '@tandem/contracts';
import type { CrmAdapter, CrmEvent, CrmPerson, PushContext } from '../crm-adapter.ts';
import { CrmFault } from '../crm-fault.ts';
import {
  bookingFacts,
  callFacts,
  contactOf,
  leadFacts,
  messageFacts,
  partyOf,
  updatedPerson,
  type TaskFacts,
} from '../event-facts.ts';
import { ensureContact, findByPhone, markLead, writeContact, writtenId } from './hubspot-contacts.ts';
import { HubspotSession } from './hubspot-session.ts';

/*
 * Events as records of HubSpot: contacts, calls, meetings, tasks and deals. Wire facts: "Calls", "Meetings",
 * "Tasks", "Deals" and "Associations" of HubSpot's CRM API.
 */

type Push = (event: CrmEvent, session: HubspotSession, context: PushContext) => Promise<void>;

const PUSHES: Readonly<Record<string, Push>> = {
  'contact.updated': pushContact,
  'lead.created': pushLead,
  'call.ended': pushCall,
  'booking.created': pushBooking,
  'booking.moved': pushBooking,
  'booking.cancelled': pushBooking,
  'staff-message.created': pushMessage,
};

export const hubspotCrm: CrmAdapter = {
  async push(event, context) {
    const push = PUSHES[event.type];
    if (push === undefined) throw new CrmFault('refused', 'not-mapped');
    const session = new HubspotSession(context);
    await push(event, session, context);
    return session.lastStatus;
  },

  async check(_event, context) {
    const session = new HubspotSession(context);
    const { idProperty, leadAs } = session.settings;
    for (const type of ['contacts', 'calls', 'meetings', 'tasks', ...(leadAs === 'deal' ? ['deals'] : [])]) {
      const path = `/crm/v3/properties/${type}/${encodeURIComponent(idProperty)}`;
      const { status, json } = await session.ask('GET', path, null, [404]);
      if (status === 404 || valueAt(json, 'hasUniqueValue') !== true)
        throw new CrmFault('refused', 'id-property-missing', {
          status,
          words: `Make a text property ${idProperty} with unique values for ${type}.`,
        });
    }
    return session.lastStatus;
  },
};

async function pushContact(event: CrmEvent, session: HubspotSession): Promise<void> {
  await writeContact(session, updatedPerson(event), fillOwnFields(session.settings.fields.contact, event));
}

async function pushCall(event: CrmEvent, session: HubspotSession, context: PushContext): Promise<void> {
  const phone = partyOf(event);
  const person = phone === null ? null : await context.personByPhone(phone);
  const contactId = person
    ? await ensureContact(session, person)
    : phone && (await findByPhone(session, phone));
  const call = callFacts(event);
  const id = await upsert(session, 'calls', call.id, {
    hs_timestamp: call.at,
    hs_call_title: call.title,
    hs_call_body: call.body,
    hs_call_duration: String(call.durationMs),
    hs_call_direction: call.isInbound ? 'INBOUND' : 'OUTBOUND',
    hs_call_status: callStatus(call.status, call.isAnswered),
    ...numbers(event),
    ...fillOwnFields(session.settings.fields.call, event),
  });
  await associate(session, 'calls', id, contactId);
}

function numbers({ data }: CrmEvent): Record<string, JsonValue> {
  const { from, to } = data;
  return {
    ...(typeof from === 'string' ? { hs_call_from_number: from } : {}),
    ...(typeof to === 'string' ? { hs_call_to_number: to } : {}),
  };
}

const STATUSES: Readonly<Record<string, string>> = {
  busy: 'BUSY',
  failed: 'FAILED',
  'no-answer': 'NO_ANSWER',
  canceled: 'CANCELED',
};

const callStatus = (status: string, isAnswered: boolean): string =>
  STATUSES[status] ?? (isAnswered ? 'COMPLETED' : 'NO_ANSWER');

async function pushBooking(event: CrmEvent, session: HubspotSession, context: PushContext): Promise<void> {
  const contactId = await contactIdOf(event, session, context);
  const booking = bookingFacts(event);
  const id = await upsert(session, 'meetings', booking.id, {
    hs_timestamp: booking.start,
    hs_meeting_title: booking.title,
    hs_meeting_body: booking.body,
    hs_meeting_start_time: booking.start,
    hs_meeting_end_time: booking.end,
    hs_meeting_outcome: booking.isCancelled ? 'CANCELED' : 'SCHEDULED',
    ...fillOwnFields(session.settings.fields.booking, event),
  });
  await associate(session, 'meetings', id, contactId);
}

async function pushLead(event: CrmEvent, session: HubspotSession, context: PushContext): Promise<void> {
  const contactId = await contactIdOf(event, session, context);
  if (contactId !== null) await markLead(session, contactId);
  const lead = leadFacts(event);
  const own = fillOwnFields(session.settings.fields.lead, event);
  if (session.settings.leadAs === 'contact') return pushTask(session, lead, own, contactId);
  const { pipeline, stage } = session.settings.deal;
  const id = await upsert(session, 'deals', lead.id, {
    dealname: lead.title,
    description: lead.body,
    pipeline,
    dealstage: stage,
    ...own,
  });
  await associate(session, 'deals', id, contactId);
}

async function pushMessage(event: CrmEvent, session: HubspotSession, context: PushContext): Promise<void> {
  const contactId = await contactIdOf(event, session, context);
  await pushTask(session, messageFacts(event), fillOwnFields(session.settings.fields.task, event), contactId);
}

async function pushTask(
  session: HubspotSession,
  task: TaskFacts,
  own: Record<string, JsonValue>,
  contactId: string | null,
): Promise<void> {
  const id = await upsert(session, 'tasks', task.id, {
    hs_timestamp: task.dueAt,
    hs_task_subject: task.title,
    hs_task_body: task.body,
    hs_task_status: 'NOT_STARTED',
    hs_task_priority: task.isUrgent ? 'HIGH' : 'MEDIUM',
    hs_task_type: 'TODO',
    ...own,
  });
  await associate(session, 'tasks', id, contactId);
}

async function contactIdOf(
  event: CrmEvent,
  session: HubspotSession,
  context: PushContext,
): Promise<string | null> {
  const person: CrmPerson | null = await contactOf(event, context);
  return person === null ? null : ensureContact(session, person);
}

/** Writes a record under its id in Tandem. Returns its id there. */
async function upsert(
  session: HubspotSession,
  type: 'calls' | 'meetings' | 'tasks' | 'deals',
  tandemId: string,
  properties: Record<string, JsonValue>,
): Promise<string> {
  const { idProperty } = session.settings;
  const input = { id: tandemId, idProperty, properties: { ...properties, [idProperty]: tandemId } };
  return writtenId(await session.ask('POST', `/crm/v3/objects/${type}/batch/upsert`, { inputs: [input] }));
}

/** Associates a record with a contact in the usual way; again it changes nothing. */
async function associate(
  session: HubspotSession,
  type: string,
  id: string,
  contactId: string | null,
): Promise<void> {
  if (contactId === null) return;
  const [from, to] = [encodeURIComponent(id), encodeURIComponent(contactId)];
  await session.ask('PUT', `/crm/v4/objects/${type}/${from}/associations/default/contacts/${to}`);
}
