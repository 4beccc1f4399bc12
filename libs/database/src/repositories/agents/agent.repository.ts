import { agentContentSchema, storableText, type TenantId } from '@tandem/contracts';
import { IsNull, Not, type DataSource } from 'typeorm';
import { AgentRow, PhoneNumberRow } from '../../entities/agent.entities.ts';
import { query, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { publishVersion } from './agent-directory.ts';

export interface Agent {
  readonly id: string;
  /** What operators call it, unique among the tenant's that are not archived. */
  readonly name: string;
  /** The version callers get; null until one is published. */
  readonly publishedVersion: number | null;
  /** Null while it may answer calls. */
  readonly archivedAt: Date | null;
  readonly createdAt: Date;
}

/** What is absent stays. */
export interface AgentChange {
  readonly name?: string | undefined;
  readonly isArchived?: boolean | undefined;
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

  /** By name: those that may answer calls, or the archived ones. */
  async list(tenantId: TenantId, isArchived: boolean): Promise<Agent[]> {
    const archivedAt = isArchived ? Not(IsNull()) : IsNull();
    const found = await run(this.dataSource, (manager) =>
      manager.find(AgentRow, {
        where: { tenantId, archivedAt },
        order: { name: 'ASC', id: 'ASC' },
        take: MAX_LISTED,
      }),
    );
    return found.map(toAgent);
  }

  async find(tenantId: TenantId, id: string): Promise<Agent | null> {
    const found = await run(this.dataSource, (manager) => manager.findOneBy(AgentRow, { tenantId, id }));
    return found && toAgent(found);
  }

  async create(
    transaction: Transaction,
    tenantId: TenantId,
    agent: { id: string; name: string },
  ): Promise<Agent | 'name-taken'> {
    if (await this.isTaken(transaction, tenantId, agent)) return 'name-taken';
    await transaction.insert(AgentRow, { id: agent.id, tenantId, name: storableText(agent.name) });
    return toAgent(await transaction.findOneByOrFail(AgentRow, { tenantId, id: agent.id }));
  }

  /**
   * Renames, archives and takes out of the archive. `in-use`: a number is answered by it, so it is not
   * archived; `name-taken`: another one that is not archived has the name. Nothing is changed then.
   */
  async change(
    tenantId: TenantId,
    id: string,
    change: AgentChange,
  ): Promise<Agent | 'not-found' | 'in-use' | 'name-taken'> {
    return transact(this.dataSource, async (transaction) => {
      const [before] = await transaction.find(AgentRow, {
        where: { tenantId, id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!before) return 'not-found';
      const after = {
        ...before,
        name: storableText(change.name ?? before.name),
        archivedAt: archivedAfter(before, change),
      };
      const objection = await this.objection(transaction, before, after);
      if (objection) return objection;
      await transaction.update(
        AgentRow,
        { tenantId, id },
        { name: after.name, archivedAt: after.archivedAt },
      );
      return toAgent(await transaction.findOneByOrFail(AgentRow, { tenantId, id }));
    });
  }

  private async objection(
    transaction: Transaction,
    before: AgentRow,
    after: AgentRow,
  ): Promise<'in-use' | 'name-taken' | null> {
    const tenantId = after.tenantId as TenantId;
    if (after.archivedAt !== null)
      return (await transaction.existsBy(PhoneNumberRow, { tenantId, agentId: after.id })) ? 'in-use' : null;
    const isNamedAnew = after.name !== before.name || before.archivedAt !== null;
    return isNamedAnew && (await this.isTaken(transaction, tenantId, after)) ? 'name-taken' : null;
  }

  /**
   * Whether another one has the name. Agents of a tenant are named one at a time: the answer holds until the
   * transaction ends.
   */
  private async isTaken(
    transaction: Transaction,
    tenantId: TenantId,
    { id, name }: { id: string; name: string },
  ): Promise<boolean> {
    await query(transaction, `SELECT pg_advisory_xact_lock(hashtextextended('agent-names:' || $1, 0))`, [
      tenantId,
    ]);
    const spelling = (text: string) => `lower(regexp_replace(btrim(${text}), '\\s+', ' ', 'g'))`;
    const taken = await query(
      transaction,
      'SELECT 1 FROM agents WHERE tenant_id = $1 AND id <> $2 AND archived_at IS NULL AND ' +
        `${spelling('name')} = ${spelling('$3')} LIMIT 1`,
      [tenantId, id, name],
    );
    return taken.length > 0;
  }

  /** Publishes content that is valid already. */
  async publish(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    content: Parameters<typeof publishVersion>[3],
  ): Promise<{ version: number; isNew: boolean } | 'not-found' | 'archived'> {
    const agent = await transaction.findOneBy(AgentRow, { tenantId, id });
    if (!agent) return 'not-found';
    if (agent.archivedAt !== null) return 'archived';
    return publishVersion(transaction, tenantId, id, content);
  }

  /** Lets callers get an earlier version with this content again. Null when there is none. */
  async publishAgain(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    content: Parameters<typeof publishVersion>[3],
  ): Promise<number | null> {
    const [found] = await query<{ version: number }>(
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
  async versions(
    tenantId: TenantId,
    id: string,
    page: { limit: number; before?: number | undefined },
  ): Promise<AgentVersion[] | null> {
    return run(this.dataSource, async (manager) => {
      const agent = await manager.findOneBy(AgentRow, { tenantId, id });
      if (!agent) return null;
      const found = await query<{ version: number; published_at: Date }>(
        manager,
        'SELECT version, published_at FROM agent_versions WHERE tenant_id = $1 AND agent_id = $2 AND ' +
          '($3::integer IS NULL OR version < $3) ORDER BY version DESC LIMIT $4',
        [tenantId, id, page.before ?? null, page.limit],
      );
      return found.map((row) => ({
        version: row.version,
        publishedAt: row.published_at,
        isPublished: row.version === agent.publishedVersion,
      }));
    });
  }

  /** What was published, as it stands in the database; null when there is no such version. */
  async content(tenantId: TenantId, id: string, version: number): Promise<unknown> {
    const [row] = await run(this.dataSource, (manager) =>
      query<{ content: unknown }>(
        manager,
        'SELECT content FROM agent_versions WHERE tenant_id = $1 AND agent_id = $2 AND version = $3',
        [tenantId, id, version],
      ),
    );
    return row?.content ?? null;
  }
}

/** One that is archived already keeps the time of it. */
function archivedAfter({ archivedAt }: AgentRow, { isArchived }: AgentChange): Date | null {
  if (isArchived === undefined) return archivedAt;
  return isArchived ? (archivedAt ?? new Date()) : null;
}

function toAgent({ tenantId: _tenantId, ...agent }: AgentRow): Agent {
  return agent;
}
