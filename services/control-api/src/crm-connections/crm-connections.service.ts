import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import {
  addressesOf,
  CRM_CREDENTIALS,
  crmCredentialsPlace,
  type CrmKind,
  type GenericSettings,
  type TenantId,
} from '@tandem/contracts';
import {
  CrmConnectionRepository,
  CrmDeliveryRepository,
  type CrmConnection,
  type CrmDelivery,
  type Page,
  type ReplayResult,
  type Transaction,
} from '@tandem/database';
import { Destinations } from '@tandem/platform';
import { toReplayRequest, type ListDeliveries, type Replay } from '../webhooks/webhook-delivery.dto.ts';
import {
  addressRefused,
  connectionDisabled,
  connectionNotFound,
  credentialsNeeded,
  testNotMapped,
  tooManyConnections,
} from './connection-problems.ts';
import { eventsFor, previewOf, readCredentials, readSettings } from './connection-settings.ts';
import type {
  ChangeConnection,
  CreateConnection,
  ListConnections,
  Preview,
  Previewed,
  PreviewSaved,
} from './crm-connection.dto.ts';

/** Injection token: the sealer of credentials. */
export const CRM_CREDENTIALS_SEALER = Symbol('CRM_CREDENTIALS_SEALER');

/** The CRM connections of a tenant. Their credentials are stored sealed and are in no response. */
@Injectable()
export class CrmConnections {
  constructor(
    private readonly connections: CrmConnectionRepository,
    private readonly pushes: CrmDeliveryRepository,
    private readonly destinations: Destinations,
    @Inject(CRM_CREDENTIALS_SEALER) private readonly sealer: Sealer,
  ) {}

  list(tenantId: TenantId, page: ListConnections): Promise<Page<CrmConnection>> {
    return this.connections.list(tenantId, page);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<CrmConnection> {
    return found(await this.connections.find(tenantId, id));
  }

  /** @throws Problem 400, 422 `url-refused`, `too-many-connections` */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    { kind, name, isEnabled, ...asked }: CreateConnection,
  ): Promise<CrmConnection> {
    const settings = await readSettings(kind, asked.settings);
    const credentials = await readCredentials(kind, asked.credentials);
    const events = eventsFor(kind, settings, asked.events);
    await this.verify(kind, settings);
    const id = randomUUID();
    const sealedCredentials = credentials && this.seal(id, credentials);
    const fields = { kind, name, events, settings, isEnabled, sealedCredentials };
    const made = await this.connections.create(transaction, tenantId, id, fields);
    if (!made) throw tooManyConnections();
    return made;
  }

  /** @throws Problem 400, 404, 422 `url-refused`, `credentials-needed` */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    { name, isEnabled, ...asked }: ChangeConnection,
  ): Promise<CrmConnection> {
    const before = await this.get(tenantId, id);
    const { kind } = before;
    const settings = asked.settings && (await readSettings(kind, asked.settings));
    const credentials = asked.credentials && (await readCredentials(kind, asked.credentials));
    if (settings) {
      await this.verify(kind, settings);
      if (!credentials) refuseMoving(before, settings);
    }
    // A new mapping without a choice of events pushes those of the choice before that it still maps.
    const events =
      asked.events === undefined && settings === undefined
        ? undefined
        : eventsFor(kind, settings ?? before.settings, asked.events ?? keptEvents(before, settings));
    const sealedCredentials = credentials ? this.seal(id, credentials) : undefined;
    const fields = { name, isEnabled, events, settings, sealedCredentials };
    return found(await this.connections.change(transaction, tenantId, id, fields));
  }

  /** Does nothing when there is no such connection. */
  delete(tenantId: TenantId, id: string): Promise<void> {
    return this.connections.delete(tenantId, id);
  }

  /**
   * Lets a worker try the connection.
   * @throws Problem 404, 409 `connection-disabled`, 422 `test-not-mapped`
   */
  async test(tenantId: TenantId, id: string): Promise<void> {
    const { kind, settings, isEnabled } = await this.get(tenantId, id);
    if (!isEnabled) throw connectionDisabled();
    if (kind === 'generic' && (settings as GenericSettings).test === undefined) throw testNotMapped();
    if (!(await this.connections.test(tenantId, id))) throw connectionNotFound();
  }

  /** @throws Problem 404 */
  async deliveries(
    tenantId: TenantId,
    id: string,
    { state, ...page }: ListDeliveries,
  ): Promise<Page<CrmDelivery>> {
    await this.get(tenantId, id);
    return this.pushes.list(tenantId, id, state, page);
  }

  /** @throws Problem 404 */
  async replay(tenantId: TenantId, id: string, request: Replay): Promise<ReplayResult> {
    await this.get(tenantId, id);
    return this.pushes.replay(tenantId, id, toReplayRequest(request));
  }

  /** Returns the requests of these settings; nothing is sent. @throws Problem 400, 422 */
  async preview({ event, settings }: Preview): Promise<Previewed> {
    return previewOf('generic', await readSettings('generic', settings), event);
  }

  /** Returns the requests of a connection; nothing is sent. @throws Problem 404, 422 */
  async previewSaved(tenantId: TenantId, id: string, { event }: PreviewSaved): Promise<Previewed> {
    const { kind, settings } = await this.get(tenantId, id);
    return previewOf(kind, settings, event);
  }

  private seal(id: string, credentials: object): string {
    return this.sealer.seal(credentials, crmCredentialsPlace(id));
  }

  private async verify(kind: CrmKind, settings: object): Promise<void> {
    const checked = new Set<string>();
    for (const { path, url } of addressesOf(kind, settings)) {
      if (checked.has(url)) continue;
      checked.add(url);
      const problem = await this.destinations.problemOfResolved(url);
      if (problem !== null) throw addressRefused(['settings', ...path].join('.'), problem);
    }
  }
}

function keptEvents({ events, kind }: CrmConnection, settings: object | undefined) {
  if (kind !== 'generic' || settings === undefined) return events;
  const kept = events.filter((type) => (settings as GenericSettings).events[type] !== undefined);
  return kept.length > 0 ? kept : undefined;
}

/** Refuses a new address on another host: its owner would get credentials that are never shown. */
function refuseMoving({ kind, settings }: CrmConnection, changed: object): void {
  if (CRM_CREDENTIALS[kind] === null) return;
  const originsOf = (of: unknown) => addressesOf(kind, of).map(({ url }) => new URL(url).origin);
  const known = new Set(originsOf(settings));
  if (originsOf(changed).some((origin) => !known.has(origin))) throw credentialsNeeded();
}

function found<Value>(value: Value | null): Value {
  if (value === null) throw connectionNotFound();
  return value;
}
