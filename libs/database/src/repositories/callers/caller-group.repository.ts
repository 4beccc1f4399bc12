import { storableText, type TenantId } from '@tandem/contracts';
import { In, MoreThan, type DataSource } from 'typeorm';
import { DatabaseRefusal, SQL_STATE } from '../../connection/database-errors.ts';
import { run, transact } from '../../connection/unit-of-work.ts';
import { CallerGroupMemberRow, CallerGroupRow } from '../../entities/access.entities.ts';
import { listCallerGroups, type CallerGroup } from '../../queries/caller-lists.ts';
import { samePatterns } from './phone-pattern.ts';

const MAX_GROUPS = 200;

/** Named groups of a tenant's callers. Writes go by key and pattern, so that repeats change nothing. */
export class CallerGroupRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By key; the first {@link MAX_GROUPS}. */
  list(tenantId: TenantId): Promise<CallerGroup[]> {
    return run(this.dataSource, tenantId, (manager) => listCallerGroups(manager, tenantId, MAX_GROUPS));
  }

  async put(tenantId: TenantId, key: string, fields: { name: string; greeting: string }): Promise<void> {
    const group = { tenantId, key, name: storableText(fields.name), greeting: storableText(fields.greeting) };
    await run(this.dataSource, tenantId, (manager) =>
      manager.upsert(CallerGroupRow, group, ['tenantId', 'key']),
    );
  }

  /** `in-use`: a number allows its members. */
  async delete(tenantId: TenantId, key: string): Promise<'deleted' | 'in-use'> {
    try {
      await run(this.dataSource, tenantId, (manager) => manager.delete(CallerGroupRow, { tenantId, key }));
      return 'deleted';
    } catch (error) {
      if (error instanceof DatabaseRefusal && error.sqlState === SQL_STATE.foreignKeyViolation)
        return 'in-use';
      throw error;
    }
  }

  /** Patterns in ascending order, after the last one of the page before. Null when there is no such group. */
  async members(
    tenantId: TenantId,
    key: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<string[] | null> {
    return run(this.dataSource, tenantId, async (manager) => {
      const group = await manager.findOneBy(CallerGroupRow, { tenantId, key });
      if (!group) return null;
      const found = await manager.find(CallerGroupMemberRow, {
        where: { groupId: group.id, pattern: MoreThan(page.after ?? '') },
        order: { pattern: 'ASC' },
        take: page.limit,
      });
      return found.map(({ pattern }) => pattern);
    });
  }

  /** Adds a number or pattern; one stored in another written form is replaced. */
  async addMember(tenantId: TenantId, key: string, pattern: string): Promise<'added' | 'unknown-group'> {
    return transact(this.dataSource, tenantId, async (transaction) => {
      const group = await transaction.findOneBy(CallerGroupRow, { tenantId, key });
      if (!group) return 'unknown-group';
      const member = { tenantId, groupId: group.id, pattern };
      const others = samePatterns(pattern).filter((form) => form !== pattern);
      await transaction.delete(CallerGroupMemberRow, { groupId: group.id, pattern: In(others) });
      await transaction
        .createQueryBuilder()
        .insert()
        .into(CallerGroupMemberRow)
        .values(member)
        .orIgnore()
        .execute();
      return 'added';
    });
  }

  async removeMember(tenantId: TenantId, key: string, pattern: string): Promise<void> {
    await transact(this.dataSource, tenantId, async (transaction) => {
      const group = await transaction.findOneBy(CallerGroupRow, { tenantId, key });
      if (!group) return;
      await transaction.delete(CallerGroupMemberRow, {
        groupId: group.id,
        pattern: In(samePatterns(pattern)),
      });
    });
  }
}
