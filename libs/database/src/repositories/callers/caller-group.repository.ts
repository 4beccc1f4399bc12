import { storableText, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { DatabaseRefusal, SQL_STATE } from '../../connection/database-errors.ts';
import { query, run } from '../../connection/unit-of-work.ts';
import { samePatterns } from './phone-pattern.ts';

export interface CallerGroup {
  readonly key: string;
  readonly name: string;
  /** Said first to its members instead of the agent's greeting; empty for the agent's. */
  readonly greeting: string;
  readonly members: number;
}

const MAX_GROUPS = 200;

/**
 * Named groups of a tenant's callers. Writing is by key and pattern, so that doing it twice is doing it once.
 */
export class CallerGroupRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By key; the first of them, should there be very many. */
  list(tenantId: TenantId): Promise<CallerGroup[]> {
    return this.query<CallerGroup>(
      `SELECT key, name, greeting, (SELECT count(*)::integer FROM caller_group_members WHERE group_id = caller_groups.id) AS members
       FROM caller_groups WHERE tenant_id = $1 ORDER BY key LIMIT ${MAX_GROUPS}`,
      [tenantId],
    );
  }

  async put(tenantId: TenantId, key: string, fields: { name: string; greeting: string }): Promise<void> {
    await this.query(
      `INSERT INTO caller_groups (tenant_id, key, name, greeting) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant_id, key) DO UPDATE SET name = excluded.name, greeting = excluded.greeting`,
      [tenantId, key, storableText(fields.name), storableText(fields.greeting)],
    );
  }

  /** `in-use`: a number lets in its members. */
  async delete(tenantId: TenantId, key: string): Promise<'deleted' | 'in-use'> {
    try {
      await this.query('DELETE FROM caller_groups WHERE tenant_id = $1 AND key = $2', [tenantId, key]);
      return 'deleted';
    } catch (error) {
      if (error instanceof DatabaseRefusal && error.sqlState === SQL_STATE.foreignKeyViolation)
        return 'in-use';
      throw error;
    }
  }

  /** Patterns in their own order, after the last of the page before. Null when there is no such group. */
  async members(
    tenantId: TenantId,
    key: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<string[] | null> {
    const found = await this.query<{ pattern: string | null }>(
      `SELECT member.pattern FROM caller_groups LEFT JOIN caller_group_members member ON member.group_id = caller_groups.id AND member.pattern > $3
       WHERE caller_groups.tenant_id = $1 AND key = $2 ORDER BY member.pattern LIMIT $4`,
      [tenantId, key, page.after ?? '', page.limit],
    );
    return found.length === 0 ? null : found.flatMap(({ pattern }) => pattern ?? []);
  }

  async addMember(tenantId: TenantId, key: string, pattern: string): Promise<'added' | 'unknown-group'> {
    const group = await this.query<{ id: string }>(
      `WITH found AS (SELECT id FROM caller_groups WHERE tenant_id = $1 AND key = $2),
       other AS (DELETE FROM caller_group_members USING found WHERE group_id = found.id AND pattern = ANY($4::text[])),
       added AS (INSERT INTO caller_group_members (tenant_id, group_id, pattern) SELECT $1, id, $3 FROM found ON CONFLICT DO NOTHING)
       SELECT id FROM found`,
      [tenantId, key, pattern, samePatterns(pattern).filter((form) => form !== pattern)],
    );
    return group.length === 1 ? 'added' : 'unknown-group';
  }

  async removeMember(tenantId: TenantId, key: string, pattern: string): Promise<void> {
    await this.query(
      'DELETE FROM caller_group_members member USING caller_groups WHERE member.group_id = ' +
        'caller_groups.id AND caller_groups.tenant_id = $1 AND key = $2 AND pattern = ANY($3::text[])',
      [tenantId, key, samePatterns(pattern)],
    );
  }

  private query<Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return run(this.dataSource, (manager) => query<Row>(manager, sql, parameters));
  }
}
