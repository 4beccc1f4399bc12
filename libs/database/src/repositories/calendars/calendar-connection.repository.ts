import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { query, run, type Transaction } from '../../connection/unit-of-work.ts';
import { ResourceRow } from '../../entities/business.entities.ts';
import {
  CalendarConnectionRow,
  type CalendarConnectionState,
  type CalendarDetailLevel,
} from '../../entities/connected-calendar.entities.ts';
import { wantEventsOfConnection } from '../../queries/calendars/wanted-events.ts';
import { lockName } from '../../queries/locks.ts';
import { startOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';

/** The most connected calendars of a tenant. */
export const MAX_CALENDAR_CONNECTIONS = 400;

export interface CalendarConnection {
  readonly id: string;
  readonly resourceId: string;
  readonly kind: string;
  readonly address: string;
  readonly detail: CalendarDetailLevel;
  readonly state: CalendarConnectionState;
  readonly lastFault: string | null;
  readonly lastFaultAt: Date | null;
  readonly failures: number;
  readonly busyReadAt: Date | null;
  readonly createdAt: Date;
  /** Bookings that wait to be written, changed or deleted there. */
  readonly pending: number;
}

export interface NewCalendarConnection {
  readonly id: string;
  readonly resourceId: string;
  readonly kind: string;
  readonly address: string;
  readonly detail: CalendarDetailLevel;
  /** Null until it is authorized. */
  readonly sealedCredentials: string | null;
}

const VIEW = `
SELECT connection.id, connection.resource_id AS "resourceId", connection.kind, connection.address,
  connection.detail, connection.state, connection.last_fault AS "lastFault",
  connection.last_fault_at AS "lastFaultAt", connection.failures,
  connection.busy_read_at AS "busyReadAt", connection.created_at AS "createdAt",
  (SELECT count(*)::integer FROM calendar_events event
    WHERE event.connection_id = connection.id AND NOT event.is_settled) AS pending
FROM calendar_connections connection WHERE connection.tenant_id = $1`;

/** The calendars outside of Tandem that a tenant has connected. */
export class CalendarConnectionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<CalendarConnection>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) =>
      query<CalendarConnection>(
        manager,
        `${VIEW} AND ($2::timestamptz IS NULL
           OR (connection.created_at, connection.id) < ($2::timestamptz, $3::uuid))
         ORDER BY connection.created_at DESC, connection.id DESC LIMIT $4`,
        [tenantId, start?.at ?? null, start?.id ?? null, page.limit + 1],
      ),
    );
    return toPage(
      found,
      page.limit,
      ({ createdAt, id }) => ({ at: createdAt, id }),
      (connection) => connection,
    );
  }

  async find(tenantId: TenantId, id: string, transaction?: Transaction): Promise<CalendarConnection | null> {
    const read = (manager: Transaction) =>
      query<CalendarConnection>(manager, `${VIEW} AND connection.id = $2`, [tenantId, id]);
    const [found] = await (transaction ? read(transaction) : run(this.dataSource, tenantId, read));
    return found ?? null;
  }

  /** `full`: the tenant has {@link MAX_CALENDAR_CONNECTIONS}. The standing bookings are written there. */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    connection: NewCalendarConnection,
  ): Promise<CalendarConnection | 'unknown-resource' | 'full'> {
    const { id, resourceId, sealedCredentials } = connection;
    await lockName(transaction, `calendar-connections:${tenantId}`);
    if (!(await transaction.existsBy(ResourceRow, { tenantId, id: resourceId, isActive: true })))
      return 'unknown-resource';
    const count = await transaction.countBy(CalendarConnectionRow, { tenantId });
    if (count >= MAX_CALENDAR_CONNECTIONS) return 'full';
    const state = sealedCredentials === null ? 'needs-authorization' : 'active';
    await transaction.insert(CalendarConnectionRow, { ...connection, tenantId, state });
    await wantEventsOfConnection(transaction, tenantId, id);
    return (await this.find(tenantId, id, transaction)) ?? 'unknown-resource';
  }

  /** Gives a connection credentials and lets it work at once. @returns whether there is one */
  async authorize(tenantId: TenantId, id: string, sealedCredentials: string): Promise<boolean> {
    const found = await run(this.dataSource, tenantId, (manager) =>
      query(
        manager,
        `UPDATE calendar_connections SET sealed_credentials = $3, state = 'active', failures = 0,
           last_fault = NULL, last_fault_at = NULL, paused_until = NULL, next_read_at = now()
         WHERE tenant_id = $1 AND id = $2 RETURNING id`,
        [tenantId, id, sealedCredentials],
      ),
    );
    return found.length === 1;
  }

  /** Reads it, and writes what is due there, at once. @returns whether there is one */
  async wake(tenantId: TenantId, id: string): Promise<boolean> {
    const found = await run(this.dataSource, tenantId, (manager) =>
      query(
        manager,
        `UPDATE calendar_connections SET paused_until = NULL, next_read_at = now()
         WHERE tenant_id = $1 AND id = $2 RETURNING id`,
        [tenantId, id],
      ),
    );
    return found.length === 1;
  }

  /** Deletes a connection with its busy times; events that were written there stay. */
  async delete(tenantId: TenantId, id: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.delete(CalendarConnectionRow, { tenantId, id }),
    );
  }
}
