import { agentContentSchema, storableText, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { AgentRow } from '../entities/agent.entities.ts';
import { rows, run, type Transaction } from '../unit-of-work.ts';
import { publishVersion } from './agent-directory.ts';

export interface Agent {
  readonly id: string;
  readonly name: string;
  /** The version callers get; null until one is published. */
  readonly publishedVersion: number | null;
  readonly createdAt: Date;
}

export interface AgentVersion {
  readonly version: number;
  readonly publishedAt: Date;
  readonly isPublished: boolean;
}

const MAX_LISTED = 200;

/** Agents and their versions, as operators see them. */
export class AgentRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By name. */
  async list(tenantId: TenantId): Promise<Agent[]> {
    const found = await run(this.dataSource, (manager) => manager.find(AgentRow, { where: { tenantId }, order: { name: 'ASC', id: 'ASC' }, take: MAX_LISTED }));
    return found.map(({ tenantId: _tenantId, ...agent }) => agent);
  }

  async create(transaction: Transaction, tenantId: TenantId, agent: { id: string; name: string }): Promise<Agent> {
    await transaction.insert(AgentRow, { id: agent.id, tenantId, name: storableText(agent.name) });
    const { tenantId: _tenantId, ...created } = await transaction.findOneByOrFail(AgentRow, { tenantId, id: agent.id });
    return created;
  }

  /** Publishes content that is valid already. Null when the tenant has no such agent. */
  async publish(transaction: Transaction, tenantId: TenantId, id: string, content: Parameters<typeof publishVersion>[3]): Promise<{ version: number; isNew: boolean } | null> {
    if (!(await transaction.existsBy(AgentRow, { tenantId, id }))) return null;
    return publishVersion(transaction, tenantId, id, content);
  }

  /** Lets callers get an earlier version with this content again. Null when there is none. */
  async publishAgain(transaction: Transaction, tenantId: TenantId, id: string, content: Parameters<typeof publishVersion>[3]): Promise<number | null> {
    const [found] = await rows<{ version: number }>(
      transaction,
      `UPDATE agents SET published_version = version.version FROM agent_versions version
       WHERE agents.tenant_id = $1 AND agents.id = $2 AND version.agent_id = agents.id AND version.version =
         (SELECT same.version FROM agent_versions same WHERE same.agent_id = $2 AND same.content = $3::jsonb
          ORDER BY same.version = agents.published_version DESC, same.version DESC LIMIT 1)
       RETURNING version.version`,
      [tenantId, id, JSON.stringify(agentContentSchema.parse(content))],
    );
    return found?.version ?? null;
  }

  /** Newest first, before a version number. Null when the tenant has no such agent. */
  async versions(tenantId: TenantId, id: string, page: { limit: number; before?: number | undefined }): Promise<AgentVersion[] | null> {
    return run(this.dataSource, async (manager) => {
      const agent = await manager.findOneBy(AgentRow, { tenantId, id });
      if (!agent) return null;
      const found = await rows<{ version: number; published_at: Date }>(
        manager,
        'SELECT version, published_at FROM agent_versions WHERE tenant_id = $1 AND agent_id = $2 AND ($3::integer IS NULL OR version < $3) ORDER BY version DESC LIMIT $4',
        [tenantId, id, page.before ?? null, page.limit],
      );
      return found.map((row) => ({ version: row.version, publishedAt: row.published_at, isPublished: row.version === agent.publishedVersion }));
    });
  }

  /** What was published, as it stands in the database; null when there is no such version. */
  async content(tenantId: TenantId, id: string, version: number): Promise<unknown> {
    const [row] = await run(this.dataSource, (manager) =>
      rows<{ content: unknown }>(manager, 'SELECT content FROM agent_versions WHERE tenant_id = $1 AND agent_id = $2 AND version = $3', [tenantId, id, version]),
    );
    return row?.content ?? null;
  }
}
