import { storableText, type TenantId } from '@tandem/contracts';
import { In, IsNull, type DataSource } from 'typeorm';
import { DatabaseRefusal, SQL_STATE } from '../../connection/database-errors.ts';
import { run } from '../../connection/unit-of-work.ts';
import { BlockedCallerRow } from '../../entities/access.entities.ts';
import { blockPattern } from '../../queries/caller-lists.ts';
import { newestFirst, startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';
import { without } from '../../rows/without.ts';
import { samePatterns } from './phone-pattern.ts';

export type BlockedCaller = Readonly<Omit<BlockedCallerRow, 'id' | 'tenantId'>>;

/** Blocked callers. Writes go by pattern and number, so that repeating one changes nothing. */
export class BlockedCallerRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<BlockedCaller>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) => {
      const blocked = manager
        .createQueryBuilder(BlockedCallerRow, 'blocked')
        .where('blocked.tenantId = :tenantId', { tenantId });
      return newestFirst(blocked, 'createdAt', start, page.limit);
    });
    return toPageByTime(found, page.limit, (row) => without(row, 'id', 'tenantId'));
  }

  /** Blocks a pattern; one stored in another written form is replaced. */
  async block(
    tenantId: TenantId,
    { pattern, phoneNumberId, note }: Omit<BlockedCaller, 'createdAt'>,
  ): Promise<'blocked' | 'unknown-number'> {
    const others = samePatterns(pattern).filter((form) => form !== pattern);
    const blocked = { pattern, phoneNumberId, note: storableText(note) };
    try {
      await run(this.dataSource, tenantId, (manager) => blockPattern(manager, tenantId, blocked, others));
      return 'blocked';
    } catch (error) {
      if (error instanceof DatabaseRefusal && error.sqlState === SQL_STATE.foreignKeyViolation)
        return 'unknown-number';
      throw error;
    }
  }

  async unblock(tenantId: TenantId, pattern: string, phoneNumberId: string | null): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.delete(BlockedCallerRow, {
        tenantId,
        pattern: In(samePatterns(pattern)),
        phoneNumberId: phoneNumberId ?? IsNull(),
      }),
    );
  }
}
