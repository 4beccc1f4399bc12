import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { adapterOf } from '@tandem/calendars';
import { calendarCredentialsPlace, type TenantId } from '@tandem/contracts';
import {
  CalendarConnectionRepository,
  type CalendarConnection,
  type Page,
  type Transaction,
} from '@tandem/database';
import { Destinations } from '@tandem/platform';
import type { CreateConnection, ListConnections, PutCredentials } from './calendar-connection.dto.ts';
import {
  addressRefused,
  connectionNotFound,
  passwordNeeded,
  passwordNotUsed,
  tooManyConnections,
  unknownResource,
} from './calendar-problems.ts';
import { isOpenedByOAuth } from './calendar-access.ts';

/** Injection token: the sealer of credentials. */
export const CALENDAR_SECRETS = Symbol('CALENDAR_SECRETS');

/** The calendars a tenant has connected. Credentials go in and never come out. */
@Injectable()
export class CalendarConnections {
  constructor(
    private readonly connections: CalendarConnectionRepository,
    private readonly destinations: Destinations,
    @Inject(CALENDAR_SECRETS) private readonly secrets: Sealer,
  ) {}

  list(tenantId: TenantId, page: ListConnections): Promise<Page<CalendarConnection>> {
    return this.connections.list(tenantId, page);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<CalendarConnection> {
    return found(await this.connections.find(tenantId, id));
  }

  /**
   * @throws Problem 422 `unknown-resource`, `too-many-calendars`, `address-refused`, `password-needed`,
   * `password-not-used`
   */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    { resource, kind, address, detail, username, password }: CreateConnection,
  ): Promise<CalendarConnection> {
    const { access, isUrl } = adapterOf(kind);
    if (access === 'oauth' && (username ?? password) !== undefined) throw passwordNotUsed();
    if (access === 'password' && (username === undefined || password === undefined)) throw passwordNeeded();
    if (isUrl) await this.verify(address);
    const id = randomUUID();
    const sealedCredentials =
      access === 'password' ? this.secrets.seal({ username, password }, calendarCredentialsPlace(id)) : null;
    const fields = { id, resourceId: resource, kind, address, detail, sealedCredentials };
    const made = await this.connections.create(transaction, tenantId, fields);
    if (made === 'unknown-resource') throw unknownResource();
    if (made === 'full') throw tooManyConnections();
    return made;
  }

  /**
   * Replaces name and password; the calendar is tried at once.
   * @throws Problem 404, 422 `password-not-used`
   */
  async putCredentials(tenantId: TenantId, id: string, credentials: PutCredentials): Promise<void> {
    const { kind } = await this.get(tenantId, id);
    if (isOpenedByOAuth(kind)) throw passwordNotUsed();
    await this.authorize(tenantId, id, credentials);
  }

  /** Gives a connection credentials. @throws Problem 404 */
  async authorize(tenantId: TenantId, id: string, credentials: unknown): Promise<void> {
    const sealed = this.secrets.seal(credentials, calendarCredentialsPlace(id));
    if (!(await this.connections.authorize(tenantId, id, sealed))) throw connectionNotFound();
  }

  /** Lets the calendar be read, and written where something is due, at once. @throws Problem 404 */
  async test(tenantId: TenantId, id: string): Promise<void> {
    if (!(await this.connections.wake(tenantId, id))) throw connectionNotFound();
  }

  /** Does nothing when there is no such connection. */
  delete(tenantId: TenantId, id: string): Promise<void> {
    return this.connections.delete(tenantId, id);
  }

  private async verify(address: string): Promise<void> {
    const problem = await this.destinations.problemOfResolved(address);
    if (problem !== null) throw addressRefused(problem);
  }
}

function found(connection: CalendarConnection | null): CalendarConnection {
  if (connection) return connection;
  throw connectionNotFound();
}
