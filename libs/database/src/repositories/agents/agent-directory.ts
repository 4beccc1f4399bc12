import {
  agentContentSchema,
  departmentSchema,
  toSnapshot,
  toWeeklyHours,
  writtenForms,
  type AgentContentInput,
  type AgentSnapshot,
  type Department,
  type OpeningHours,
  type PromptVariant,
  type TenantId,
} from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { AgentRow, type AccessMode } from '../../entities/agent.entities.ts';
import { findPublished, insertNextVersion } from '../../queries/agent-versions.ts';
import { findDialledNumber, type DialledNumberFields } from '../../queries/dialled-number.ts';
import { acrossTenants, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { NO_BUDGET, type TenantBudget } from '../tenants/spending.repository.ts';

/** Everything admission needs about a dialled number. */
export interface DialledNumber {
  readonly phoneNumberId: string;
  readonly e164: string;
  readonly tenant: {
    readonly id: TenantId;
    readonly slug: string;
    readonly companyName: string;
    readonly timeZone: string;
    readonly budget: TenantBudget;
  };
  /** For `isOpenAt`. Closed dates reach one day to each side of today. */
  readonly opening: OpeningHours;
  readonly access: NumberAccess;
  /** BCP 47: the number's, else the tenant's; null for the agent's. */
  readonly language: string | null;
  /**
   * The published version with the tenant's directory, before any variant is chosen. Null when no agent is
   * set, none is published, or the published content is no longer valid.
   */
  readonly agent: AgentSnapshot | null;
  /** The variants callers are assigned to; none outside an experiment. */
  readonly experiment: {
    readonly name: string;
    readonly variants: readonly PromptVariant[];
    readonly salt: string;
  };
}

/** Callers that may call a number. */
export interface NumberAccess {
  readonly mode: AccessMode;
  /** Callers who show no number. */
  readonly withheldCallers: 'accept' | 'refuse';
  /** Callers whose number the carrier has not verified. */
  readonly unverifiedCallers: 'trust' | 'distrust';
  /** Said to a caller who may not call; empty for the default sentence. */
  readonly refusalText: string;
}

/** Finds the agent that answers a number. */
export class AgentDirectory {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Returns everything admission reads about a dialled number, in one query; null when no tenant has the
   * number. @param e164 in any of its written forms
   * @param agentId in place of the number's own agent; one of the same tenant, else there is none
   */
  async findByNumber(e164: string, agentId: string | null = null): Promise<DialledNumber | null> {
    const found = await acrossTenants(this.dataSource, 'lookup', (manager) =>
      findDialledNumber(manager, writtenForms(e164), agentId),
    );
    return found && toDialledNumber(found);
  }

  /**
   * Publishes content: callers get it from now on. Creates the agent if there is none. The same content as
   * the published version's publishes nothing. Running calls keep the snapshot they started with.
   * @throws ZodError when the content is not valid, {@link DatabaseRefusal} when the agent is another
   * tenant's
   */
  async publish(
    tenantId: TenantId,
    agentId: string,
    content: AgentContentInput,
  ): Promise<{ version: number; isNew: boolean }> {
    return transact(this.dataSource, tenantId, async (transaction) => {
      const agent = { id: agentId, tenantId, name: content.name };
      await transaction.createQueryBuilder().insert().into(AgentRow).values(agent).orIgnore().execute();
      return publishVersion(transaction, tenantId, agentId, content);
    });
  }
}

/** Publishes content as {@link AgentDirectory.publish} does, for an agent that exists, in a transaction. */
export async function publishVersion(
  transaction: Transaction,
  tenantId: TenantId,
  agentId: string,
  content: AgentContentInput,
): Promise<{ version: number; isNew: boolean }> {
  const frozen = JSON.stringify(agentContentSchema.parse(content));
  // Publishers of one agent wait for each other: version numbers have no gaps.
  await transaction.findOne(AgentRow, {
    where: { tenantId, id: agentId },
    lock: { mode: 'pessimistic_write' },
  });
  const published = await findPublished(transaction, tenantId, agentId, frozen);
  if (published?.isSame) return { version: published.version, isNew: false };
  const version = await insertNextVersion(transaction, tenantId, agentId, frozen);
  await transaction.update(AgentRow, { id: agentId }, { publishedVersion: version });
  return { version, isNew: true };
}

function toDialledNumber(found: DialledNumberFields): DialledNumber {
  const { phoneNumberId, e164, tenant, budget, isAlwaysOpen, hours, closedDates, access, language } = found;
  return {
    phoneNumberId,
    e164,
    tenant: { ...tenant, budget: budget ?? NO_BUDGET },
    opening: { timeZone: tenant.timeZone, isAlwaysOpen, hours: hours.map(toWeeklyHours), closedDates },
    access,
    language,
    ...toAgent(found),
  };
}

function toAgent(found: DialledNumberFields): Pick<DialledNumber, 'agent' | 'experiment'> {
  const { agentId, version, experimentSalt: salt, tenant, departments, toolSecrets } = found;
  const webSearch = { allowed: [...found.webSearch.allowed], denied: [...found.webSearch.denied] };
  const content = agentContentSchema.safeParse(found.content);
  if (!content.success || agentId === null || version === null)
    return { agent: null, experiment: { name: '', variants: [], salt } };
  const { experiment: name, variants } = content.data;
  const snapshot = toSnapshot(content.data, { agentId, agentVersion: version, tenantId: tenant.id });
  return {
    agent: { ...snapshot, directory: departments.flatMap(toDepartment), toolSecrets, webSearch },
    experiment: { name, variants, salt },
  };
}

/** Leaves an invalid department out: callers cannot be transferred to it, and calls go on. */
function toDepartment(stored: unknown): Department[] {
  const department = departmentSchema.safeParse(stored);
  return department.success ? [department.data] : [];
}
