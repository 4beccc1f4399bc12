import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { acrossTenants, narrowTo, query, run, type Transaction } from '../../connection/unit-of-work.ts';
import { ResourceRow } from '../../entities/business.entities.ts';
import { CalendarFeedRow, type CalendarDetailLevel } from '../../entities/connected-calendar.entities.ts';
import { SHOWN, SHOWN_FROM, type BookingInCalendar } from '../../queries/calendars/shown-bookings.ts';
import { without } from '../../rows/without.ts';

/** Bookings that ended, or were cancelled, longer ago are in no feed. */
const DAYS_BACK = 30;
/** The most bookings of a feed; the soonest ones are left out. */
const MAX_BOOKINGS = 2_000;

export type CalendarFeed = Omit<CalendarFeedRow, 'tenantId'>;
/** The token of a feed: what it is derived from, and its hash. */
export type FeedToken = Pick<CalendarFeedRow, 'salt' | 'tokenHash'>;

/** A feed with the bookings that are in it, soonest first. */
export interface ReadFeed {
  readonly resourceName: string;
  readonly detail: CalendarDetailLevel;
  readonly bookings: readonly BookingInCalendar[];
}

/** The calendars of resources as others read them. */
export class CalendarFeedRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** `not-found`: no such resource; null: it has no feed. */
  async find(tenantId: TenantId, resourceId: string): Promise<CalendarFeed | null | 'not-found'> {
    return run(this.dataSource, tenantId, async (manager) => {
      if (!(await manager.existsBy(ResourceRow, { tenantId, id: resourceId }))) return 'not-found';
      const row = await manager.findOneBy(CalendarFeedRow, { tenantId, resourceId });
      return row && without(row, 'tenantId');
    });
  }

  /** Makes the feed of a resource, or changes its detail; a feed keeps its token. */
  async put(
    transaction: Transaction,
    tenantId: TenantId,
    resourceId: string,
    detail: CalendarDetailLevel,
    token: FeedToken,
  ): Promise<CalendarFeed | 'not-found'> {
    const [row] = await query<CalendarFeed>(
      transaction,
      `INSERT INTO calendar_feeds (resource_id, tenant_id, detail, salt, token_hash)
       SELECT id, tenant_id, $3, $4, $5 FROM resources WHERE tenant_id = $1 AND id = $2 AND is_active
       ON CONFLICT (resource_id) DO UPDATE SET detail = $3
       RETURNING resource_id AS "resourceId", detail, salt, token_hash AS "tokenHash",
         created_at AS "createdAt", rotated_at AS "rotatedAt"`,
      [tenantId, resourceId, detail, token.salt, token.tokenHash],
    );
    return row ?? 'not-found';
  }

  /** Gives a feed another token; the former one is void. @returns whether there is such a feed */
  async rotate(
    transaction: Transaction,
    tenantId: TenantId,
    resourceId: string,
    token: FeedToken,
  ): Promise<boolean> {
    const { affected } = await transaction.update(
      CalendarFeedRow,
      { tenantId, resourceId },
      { ...token, rotatedAt: () => 'now()' },
    );
    return affected === 1;
  }

  /** @returns whether there was such a feed */
  async delete(transaction: Transaction, tenantId: TenantId, resourceId: string): Promise<boolean> {
    const { affected } = await transaction.delete(CalendarFeedRow, { tenantId, resourceId });
    return affected === 1;
  }

  /** Returns the feed with this token; null when there is none. */
  async read(tokenHash: Buffer): Promise<ReadFeed | null> {
    return acrossTenants(this.dataSource, 'lookup', async (manager) => {
      const [feed] = await query<{ resourceId: string; tenantId: TenantId } & Omit<ReadFeed, 'bookings'>>(
        manager,
        `SELECT feed.resource_id AS "resourceId", feed.tenant_id AS "tenantId", feed.detail, resource.name AS "resourceName"
         FROM calendar_feeds feed JOIN resources resource ON resource.id = feed.resource_id
         WHERE feed.token_hash = $1`,
        [tokenHash],
      );
      if (!feed) return null;
      await narrowTo(manager, feed.tenantId);
      const bookings = await query<BookingInCalendar>(
        manager,
        `SELECT ${SHOWN} FROM bookings booking ${SHOWN_FROM}
         WHERE booking.resource_id = $1 AND booking.ends_at > now() - $2::integer * interval '1 day'
           AND (booking.status = 'booked'
             OR booking.hold_expires_at IS NULL
               AND booking.cancelled_at > now() - $2::integer * interval '1 day')
         ORDER BY booking.starts_at, booking.id LIMIT $3`,
        [feed.resourceId, DAYS_BACK, MAX_BOOKINGS],
      );
      const { resourceName, detail } = feed;
      return { resourceName, detail, bookings };
    });
  }
}
