import { valueAt, type JsonValue } from '@tandem/contracts';
import type { CrmPerson } from '../crm-adapter.ts';
import { CrmFault } from '../crm-fault.ts';
import { stringAt, type CrmAnswer } from '../crm-http.ts';
import { namesOf } from '../event-facts.ts';
import type { HubspotSession } from './hubspot-session.ts';

/*
 * Contacts of HubSpot. Each has the id of the contact in Tandem in a property with unique values, so that it
 * is found again and made once. Wire facts: "Contacts" and "Search" of HubSpot's CRM API; a search may not
 * yet find what was just made, reading by a unique property does.
 */

const CONTACTS = '/crm/v3/objects/contacts';

type Properties = Record<string, JsonValue>;

/** Returns the id of a person's contact there, which is linked or made when there is none. */
export async function ensureContact(session: HubspotSession, person: CrmPerson): Promise<string> {
  const linked = await findLinked(session, person.id);
  if (linked !== null) return linked;
  const { idProperty } = session.settings;
  const existing = await findExisting(session, person);
  if (existing === null) return makeContact(session, person, propertiesOf(person));
  await changeContact(session, existing, { [idProperty]: person.id });
  return existing;
}

/** Writes a contact as it is now. @param own properties of the business */
export async function writeContact(
  session: HubspotSession,
  person: CrmPerson,
  own: Properties,
): Promise<void> {
  const properties = { ...propertiesOf(person), ...own };
  const id = (await findLinked(session, person.id)) ?? (await findExisting(session, person));
  if (id === null) await makeContact(session, person, properties);
  else await changeContact(session, id, { ...properties, [session.settings.idProperty]: person.id });
}

/** Makes a contact a lead, unless it is further. */
export async function markLead(session: HubspotSession, id: string): Promise<void> {
  const { json } = await session.ask(
    'GET',
    `${CONTACTS}/${encodeURIComponent(id)}?properties=lifecyclestage`,
  );
  const stage = valueAt(json, 'properties.lifecyclestage');
  if (stage === null || stage === '' || stage === 'subscriber')
    await changeContact(session, id, { lifecyclestage: 'lead' });
}

/** Returns the one contact with this number; null when there is none or there are several. */
export async function findByPhone(session: HubspotSession, phone: string): Promise<string | null> {
  return search(session, [[equals('phone', phone)], [equals('mobilephone', phone)]]);
}

function propertiesOf({ phone, name, email }: CrmPerson): Properties {
  const { first, last } = namesOf(name);
  const all = { email, phone, firstname: first ?? last, lastname: first === null ? null : last };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

async function findLinked(session: HubspotSession, personId: string): Promise<string | null> {
  const { idProperty } = session.settings;
  const path = `${CONTACTS}/${encodeURIComponent(personId)}?idProperty=${encodeURIComponent(idProperty)}`;
  const { status, json } = await session.ask('GET', path, null, [404]);
  return status === 404 ? null : idOf(json);
}

/** Returns a contact of the business with the person's address or number, that is linked to nobody. */
async function findExisting(session: HubspotSession, { email, phone }: CrmPerson): Promise<string | null> {
  const free = { propertyName: session.settings.idProperty, operator: 'NOT_HAS_PROPERTY' };
  const byEmail = email === null ? null : await search(session, [[equals('email', email), free]]);
  if (byEmail !== null || phone === null) return byEmail;
  return search(session, [
    [equals('phone', phone), free],
    [equals('mobilephone', phone), free],
  ]);
}

const equals = (propertyName: string, value: string) => ({ propertyName, operator: 'EQ', value });

async function search(
  session: HubspotSession,
  groups: readonly (readonly Record<string, string>[])[],
): Promise<string | null> {
  const { json } = await session.ask('POST', `${CONTACTS}/search`, {
    filterGroups: groups.map((filters) => ({ filters: [...filters] })),
    properties: ['email', 'phone'],
    limit: 2,
  });
  // Of several it is not known which one is meant.
  return valueAt(json, 'total') === 1 ? idOf(valueAt(json, 'results.0')) : null;
}

async function makeContact(
  session: HubspotSession,
  person: CrmPerson,
  properties: Properties,
): Promise<string> {
  const { idProperty } = session.settings;
  const answer = await session.ask(
    'POST',
    `${CONTACTS}/batch/upsert`,
    { inputs: [{ id: person.id, idProperty, properties: { ...properties, [idProperty]: person.id } }] },
    [409],
  );
  const words = stringAt(answer.json, 'message') ?? stringAt(answer.json, 'errors.0.message');
  const [, taken] = /Existing ID: (\d+)/.exec(words ?? '') ?? [];
  if (taken === undefined && answer.status !== 409) return writtenId(answer);
  if (taken === undefined) throw new CrmFault('failed', 'http-409', { status: 409, words });
  await changeContact(session, taken, { [idProperty]: person.id });
  return taken;
}

async function changeContact(session: HubspotSession, id: string, properties: Properties): Promise<void> {
  await session.ask('PATCH', `${CONTACTS}/${encodeURIComponent(id)}`, { properties });
}

/** Returns the id of the one record of a batch. @throws CrmFault with the error that stands in its place */
export function writtenId({ status, json }: CrmAnswer): string {
  const words = stringAt(json, 'errors.0.message');
  if (valueAt(json, 'results.0') === null && words !== null)
    throw new CrmFault('refused', `http-${status}`, { status, words });
  return idOf(valueAt(json, 'results.0'));
}

function idOf(record: JsonValue): string {
  const id = valueAt(record, 'id');
  if (typeof id !== 'string') throw new CrmFault('failed', 'response-unreadable');
  return id;
}
