import { generateKeyPairSync } from 'node:crypto';
import { CRM_EVENTS, sampleEvent, type CrmEventType, type CrmKind } from '@tandem/contracts';
import { HubspotSimulator, SalesforceSimulator } from '@tandem/simulators';
import { BusinessReceiver } from './business-receiver.ts';
import type { Connected } from './running-crm.ts';

export const OAUTH = { clientId: 'client', clientSecret: 'word', refreshToken: 'refresh' };
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const JWT = { publicKey, username: 'tandem@example.com', audience: 'https://login.salesforce.com' };

/** Returns the private key of {@link JWT}. */
export const pem = (): string => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const ID_FIELDS: Readonly<Record<CrmEventType, string>> = {
  'contact.updated': 'contactId',
  'lead.created': 'leadId',
  'call.ended': 'callId',
  'booking.created': 'bookingId',
  'booking.moved': 'bookingId',
  'booking.cancelled': 'bookingId',
  'staff-message.created': 'staffMessageId',
};

/** Returns the id of the record that the sample of an event describes. */
export const idOf = (type: CrmEventType): string => sampleEvent(type).data[ID_FIELDS[type]] as string;

/** One business system of each kind. */
export class RunningSystems {
  readonly hubspot = new HubspotSimulator({ token: 'pat', oauth: { ...OAUTH, doesRotate: true } });
  readonly salesforce = new SalesforceSimulator({
    ...OAUTH,
    doesRotate: true,
    jwt: JWT,
    hasDuplicateRule: true,
  });
  /** Takes the value of the tenant's secret `CRM_TOKEN`. */
  readonly generic = new BusinessReceiver('Bearer word');

  async start(): Promise<this> {
    for (const system of [this.hubspot, this.salesforce, this.generic]) await system.start();
    return this;
  }

  async stop(): Promise<void> {
    for (const system of [this.hubspot, this.salesforce, this.generic]) await system.stop();
  }

  /** Returns a connection to the system of a kind. */
  to(kind: CrmKind): Connected {
    if (kind === 'hubspot')
      return {
        kind,
        settings: { baseUrl: this.hubspot.url },
        credentials: { kind: 'private-app', token: 'pat' },
      };
    if (kind === 'salesforce') {
      const { clientId, clientSecret } = OAUTH;
      const credentials = { kind: 'client-credentials', clientId, clientSecret };
      return { kind, settings: { loginUrl: this.salesforce.url }, credentials };
    }
    return { kind, settings: this.mapping() };
  }

  /** Returns how many records there are in a system, of every type. */
  recordsIn(kind: CrmKind): number {
    if (kind === 'generic') return this.generic.records.length;
    return Object.values(this[kind].records).flat().length;
  }

  /** Upserts a record under its key: a search, then a new one or a change of the old one. */
  private mapping() {
    const { url } = this.generic;
    const operation = (type: CrmEventType) => {
      const key = `{data.${ID_FIELDS[type]}}`;
      const start = type.startsWith('booking') ? '{data.start}' : '{event.timestamp}';
      const body = { type: '{event.type}', data: { start } };
      return {
        search: { url: `${url}/records?key=${key}`, idPath: 'items.0.id' },
        send: { url: `${url}/records`, body: { key, ...body } },
        update: { method: 'PATCH', url: `${url}/records/{found.id}`, body },
      };
    };
    return {
      headers: { authorization: 'Bearer {secret:CRM_TOKEN}' },
      events: Object.fromEntries(CRM_EVENTS.map((type) => [type, operation(type)])),
      test: { url: `${url}/records?key=none` },
    };
  }
}
