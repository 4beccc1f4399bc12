import { storableText, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { BlockedCallerRow } from '../../entities/access.entities.ts';
import { DatabaseRefusal, SQL_STATE } from '../../connection/database-errors.ts';
import { positionOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { query, run } from '../../connection/unit-of-work.ts';
import { samePatterns } from './phone-pattern.ts';

export interface BlockedCaller {
  /** E.164, or its beginning and a star. */
  readonly pattern: string;
  /** Null for every number of the tenant. */
  readonly phoneNumberId: string | null;
  readonly note: string;
  readonly createdAt: Date;
}

/**
 * Callers nobody wants to hear from. Writing is by pattern and number, so that doing it twice is doing it
 * once.
 */
export class BlockedCallerRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<BlockedCaller>> {
    const after = page.cursor === undefined ? null : positionOf(page.cursor);
    const found = await run(this.dataSource, (manager) => {
      const query = manager
        .createQueryBuilder(BlockedCallerRow, 'blocked')
        .where('blocked.tenantId = :tenantId', { tenantId });
      if (after)
        query.andWhere('(blocked.created_at, blocked.id) < (:at, :id)', { at: after.at, id: after.id });
      return query
        .orderBy('blocked.createdAt', 'DESC')
        .addOrderBy('blocked.id', 'DESC')
        .take(page.limit + 1)
        .getMany();
    });
    return toPage(
      found,
      page.limit,
      (row) => ({ at: row.createdAt, id: row.id }),
      ({ pattern, phoneNumberId, note, createdAt }) => ({ pattern, phoneNumberId, note, createdAt }),
    );
  }

  /** A number blocked in another written form is blocked once, in this one. */
  async block(
    tenantId: TenantId,
    { pattern, phoneNumberId, note }: Omit<BlockedCaller, 'createdAt'>,
  ): Promise<'blocked' | 'unknown-number'> {
    try {
      await run(this.dataSource, (manager) =>
        query(
          manager,
          `WITH other AS (DELETE FROM blocked_callers WHERE tenant_id = $1 AND pattern = ANY($5::text[]) AND phone_number_id IS NOT DISTINCT FROM $3)
           INSERT INTO blocked_callers (tenant_id, pattern, phone_number_id, note) VALUES ($1, $2, $3, $4)
           ON CONFLICT (tenant_id, pattern, coalesce(phone_number_id, '00000000-0000-0000-0000-000000000000'::uuid)) DO UPDATE SET note = excluded.note`,
          [
            tenantId,
            pattern,
            phoneNumberId,
            storableText(note),
            samePatterns(pattern).filter((form) => form !== pattern),
          ],
        ),
      );
      return 'blocked';
    } catch (error) {
      if (error instanceof DatabaseRefusal && error.sqlState === SQL_STATE.foreignKeyViolation)
        return 'unknown-number';
      throw error;
    }
  }

  async unblock(tenantId: TenantId, pattern: string, phoneNumberId: string | null): Promise<void> {
    await run(this.dataSource, (manager) =>
      query(
        manager,
        'DELETE FROM blocked_callers WHERE tenant_id = $1 AND pattern = ANY($2::text[]) AND ' +
          'phone_number_id IS NOT DISTINCT FROM $3',
        [tenantId, samePatterns(pattern), phoneNumberId],
      ),
    );
  }
}
