import type { TenantId } from '@tandem/contracts';
import { LessThan, type EntityManager } from 'typeorm';
import { query, type Transaction } from '../connection/unit-of-work.ts';
import type { AgentVersion } from '../entities/agent.ts';
import { AgentRow, AgentVersionRow } from '../entities/agent.entities.ts';

/** Returns the published version and whether it has this content; null when none is published. */
export async function findPublished(
  transaction: Transaction,
  tenantId: TenantId,
  agentId: string,
  content: string,
): Promise<{ readonly version: number; readonly isSame: boolean } | null> {
  const [published] = await query<{ version: number; isSame: boolean }>(
    transaction,
    `SELECT version.version, version.content = $3::jsonb AS "isSame"
     FROM agents agent
     JOIN agent_versions version ON version.agent_id = agent.id AND version.version = agent.published_version
     WHERE agent.tenant_id = $1 AND agent.id = $2`,
    [tenantId, agentId, content],
  );
  return published ?? null;
}

/** Stores content under the agent's next version number. The transaction holds the agent's row. */
export async function insertNextVersion(
  transaction: Transaction,
  tenantId: TenantId,
  agentId: string,
  content: string,
): Promise<number> {
  const [inserted] = await query<{ version: number }>(
    transaction,
    `INSERT INTO agent_versions (tenant_id, agent_id, version, content)
     SELECT $1, $2, coalesce(max(version), 0) + 1, $3::jsonb FROM agent_versions WHERE agent_id = $2
     RETURNING version`,
    [tenantId, agentId, content],
  );
  return inserted?.version ?? 1;
}

/** Publishes the version that has this content already, preferably the published one. Null for none. */
export async function republish(
  transaction: Transaction,
  tenantId: TenantId,
  agentId: string,
  content: string,
): Promise<number | null> {
  const [found] = await query<{ version: number }>(
    transaction,
    `UPDATE agents SET published_version = version.version FROM agent_versions version
     WHERE agents.tenant_id = $1 AND agents.id = $2 AND version.agent_id = agents.id AND version.version =
       (SELECT same.version FROM agent_versions same WHERE same.agent_id = $2 AND same.content = $3::jsonb
        ORDER BY same.version = agents.published_version DESC, same.version DESC LIMIT 1)
     RETURNING version.version`,
    [tenantId, agentId, content],
  );
  return found?.version ?? null;
}

/** Returns whether another agent that is not archived has this name, however it is spaced or capitalised. */
export async function isNameTaken(
  transaction: Transaction,
  tenantId: TenantId,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<boolean> {
  const spelling = (text: string) => `lower(regexp_replace(btrim(${text}), '\\s+', ' ', 'g'))`;
  const taken = await query(
    transaction,
    `SELECT 1 FROM agents WHERE tenant_id = $1 AND id <> $2 AND archived_at IS NULL
       AND ${spelling('name')} = ${spelling('$3')} LIMIT 1`,
    [tenantId, id, name],
  );
  return taken.length > 0;
}

/** Newest first, before a version number. Null when the tenant has no such agent. */
export async function listVersions(
  manager: EntityManager,
  tenantId: TenantId,
  agentId: string,
  page: { limit: number; before?: number | undefined },
): Promise<AgentVersion[] | null> {
  const agent = await manager.findOneBy(AgentRow, { tenantId, id: agentId });
  if (!agent) return null;
  const earlier = page.before === undefined ? {} : { version: LessThan(page.before) };
  const found = await manager.find(AgentVersionRow, {
    select: { agentId: true, version: true, publishedAt: true },
    where: { tenantId, agentId, ...earlier },
    order: { version: 'DESC' },
    take: page.limit,
  });
  return found.map(({ version, publishedAt }) => ({
    version,
    publishedAt,
    isPublished: version === agent.publishedVersion,
  }));
}
