import { agentContentSchema, storableText, type AgentContentInput, type TenantId } from '@tandem/contracts';
import { IsNull, Not, type DataSource } from 'typeorm';
import { run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import type { Agent, AgentChange, AgentVersion } from '../../entities/agent.ts';
import { AgentRow, AgentVersionRow, PhoneNumberRow } from '../../entities/agent.entities.ts';
import { isNameTaken, listVersions, republish } from '../../queries/agent-versions.ts';
import { lockName } from '../../queries/locks.ts';
import { without } from '../../rows/without.ts';
import { publishVersion } from './agent-directory.ts';

const MAX_LISTED = 200;

/** Agents and their versions, for operators. */
export class AgentRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By name: agents that may answer calls, or the archived ones. */
  async list(tenantId: TenantId, isArchived: boolean): Promise<Agent[]> {
    const archivedAt = isArchived ? Not(IsNull()) : IsNull();
    const found = await run(this.dataSource, tenantId, (manager) =>
      manager.find(AgentRow, {
        where: { tenantId, archivedAt },
        order: { name: 'ASC', id: 'ASC' },
        take: MAX_LISTED,
      }),
    );
    return found.map(toAgent);
  }

  async find(tenantId: TenantId, id: string): Promise<Agent | null> {
    const found = await run(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(AgentRow, { tenantId, id }),
    );
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
   * Renames, archives or restores an agent. `in-use`: it answers a number, so it cannot be archived;
   * `name-taken`: another agent that is not archived has the name. Nothing is changed then.
   */
  async change(
    tenantId: TenantId,
    id: string,
    change: AgentChange,
  ): Promise<Agent | 'not-found' | 'in-use' | 'name-taken'> {
    return transact(this.dataSource, tenantId, async (transaction) => {
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
    const { tenantId } = after;
    if (after.archivedAt !== null)
      return (await transaction.existsBy(PhoneNumberRow, { tenantId, agentId: after.id })) ? 'in-use' : null;
    const isNamedAnew = after.name !== before.name || before.archivedAt !== null;
    return isNamedAnew && (await this.isTaken(transaction, tenantId, after)) ? 'name-taken' : null;
  }

  /**
   * Returns whether another agent has the name. Agents of a tenant are named one at a time: the result holds
   * until the transaction ends.
   */
  private async isTaken(
    transaction: Transaction,
    tenantId: TenantId,
    agent: { id: string; name: string },
  ): Promise<boolean> {
    await lockName(transaction, `agent-names:${tenantId}`);
    return isNameTaken(transaction, tenantId, agent);
  }

  /** Publishes content that has been validated. */
  async publish(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    content: AgentContentInput,
  ): Promise<{ version: number; isNew: boolean } | 'not-found' | 'archived'> {
    const agent = await transaction.findOneBy(AgentRow, { tenantId, id });
    if (!agent) return 'not-found';
    if (agent.archivedAt !== null) return 'archived';
    return publishVersion(transaction, tenantId, id, content);
  }

  /** Publishes the earlier version with this content. Null when there is none. */
  async publishAgain(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    content: AgentContentInput,
  ): Promise<number | null> {
    return republish(transaction, tenantId, id, JSON.stringify(agentContentSchema.parse(content)));
  }

  /** Newest first, before a version number. Null when the tenant has no such agent. */
  versions(
    tenantId: TenantId,
    id: string,
    page: { limit: number; before?: number | undefined },
  ): Promise<AgentVersion[] | null> {
    return run(this.dataSource, tenantId, (manager) => listVersions(manager, tenantId, id, page));
  }

  /** Returns published content as stored; null when there is no such version. */
  async content(tenantId: TenantId, id: string, version: number): Promise<unknown> {
    const found = await run(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(AgentVersionRow, { tenantId, agentId: id, version }),
    );
    return found?.content ?? null;
  }
}

/** An archived agent keeps the time at which it was archived first. */
function archivedAfter({ archivedAt }: AgentRow, { isArchived }: AgentChange): Date | null {
  if (isArchived === undefined) return archivedAt;
  return isArchived ? (archivedAt ?? new Date()) : null;
}

const toAgent = (row: AgentRow): Agent => without(row, 'tenantId');
