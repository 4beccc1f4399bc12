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
import type { AccessMode } from '../../entities/agent.entities.ts';
import { query, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { toTenantBudget, type BudgetColumns, type TenantBudget } from '../tenants/spending.repository.ts';

/** What the door needs to know of a number that rings. */
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
  /** Ask `isOpenAt`. Closed dates reach one day to each side of today. */
  readonly opening: OpeningHours;
  readonly access: NumberAccess;
  /** BCP 47; null for the agent's. */
  readonly language: string | null;
  /**
   * The published version with the tenant's directory, before any variant is chosen. Null when no agent
   * answers here: none is set, none is published, or what was published is not valid any more.
   */
  readonly agent: AgentSnapshot | null;
  /** The arms callers are dealt to; none outside an experiment. */
  readonly experiment: {
    readonly name: string;
    readonly variants: readonly PromptVariant[];
    readonly salt: string;
  };
}

/** Who may call a number. */
export interface NumberAccess {
  readonly mode: AccessMode;
  /** Callers who show no number. */
  readonly withheldCallers: 'accept' | 'refuse';
  /** Callers whose number nobody has signed for. */
  readonly unverifiedCallers: 'trust' | 'distrust';
  /** What a caller hears who is not let in; empty for the usual sentence. */
  readonly refusalText: string;
}

interface NumberRow extends BudgetColumns {
  id: string;
  e164: string;
  is_always_open: boolean;
  language: string | null;
  access_mode: AccessMode;
  withheld_callers: 'accept' | 'refuse';
  unverified_callers: 'trust' | 'distrust';
  refusal_text: string;
  tenant_id: TenantId;
  slug: string;
  company_name: string;
  time_zone: string;
  experiment_salt: string;
  agent_id: string | null;
  version: number | null;
  content: unknown;
  hours: { weekday: number; opens: string; closes: string }[];
  closed_dates: string[];
  departments: unknown[];
}

const BY_NUMBER = `
SELECT number.id, number.e164, number.is_always_open, number.language, number.access_mode, number.withheld_callers, number.unverified_callers, number.refusal_text,
  tenant.id AS tenant_id, tenant.slug, tenant.company_name, tenant.time_zone, tenant.experiment_salt,
  budget.daily_micros, budget.monthly_micros, budget.warn_share, version.agent_id, version.version, version.content,
  coalesce((SELECT json_agg(json_build_object('weekday', hours.weekday, 'opens', hours.opens::text, 'closes', hours.closes::text))
    FROM opening_hours hours WHERE hours.phone_number_id = number.id), '[]') AS hours,
  coalesce((SELECT json_agg(closed.date::text) FROM closed_dates closed
    WHERE closed.tenant_id = tenant.id AND closed.scope = 'calls' AND closed.date BETWEEN current_date - 2 AND current_date + 2), '[]') AS closed_dates,
  coalesce((SELECT json_agg(json_build_object('key', department.key, 'name', department.name, 'address', department.address, 'mode', department.mode,
      'ringMs', department.ring_ms, 'hours', department.hours) ORDER BY department.key)
    FROM departments department WHERE department.tenant_id = tenant.id), '[]') AS departments
FROM phone_numbers number
JOIN tenants tenant ON tenant.id = number.tenant_id
LEFT JOIN tenant_budgets budget ON budget.tenant_id = tenant.id
LEFT JOIN agents agent ON agent.id = number.agent_id
LEFT JOIN agent_versions version ON version.agent_id = agent.id AND version.version = agent.published_version
WHERE number.e164 = ANY($1::text[]) ORDER BY array_position($1::text[], number.e164) LIMIT 1`;

/** Which agent answers which number. */
export class AgentDirectory {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Everything admission asks about a dialled number, in one query; null when the number is nobody's. @param
   * e164 in any of its written forms
   */
  async findByNumber(e164: string): Promise<DialledNumber | null> {
    const [row] = await run(this.dataSource, (manager) =>
      query<NumberRow>(manager, BY_NUMBER, [writtenForms(e164)]),
    );
    return row ? toDialledNumber(row) : null;
  }

  /**
   * Makes content the version callers get from now on, of an agent that is made if need be. The same content
   * as the current version's publishes nothing. Running calls keep the snapshot they started with.
   * @throws ZodError when the content is not valid, {@link DatabaseRefusal} when the agent is another
   * tenant's
   */
  async publish(
    tenantId: TenantId,
    agentId: string,
    content: AgentContentInput,
  ): Promise<{ version: number; isNew: boolean }> {
    return transact(this.dataSource, async (transaction) => {
      await query(
        transaction,
        'INSERT INTO agents (id, tenant_id, name) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING',
        [agentId, tenantId, content.name],
      );
      return publishVersion(transaction, tenantId, agentId, content);
    });
  }
}

/** As {@link AgentDirectory.publish}, of an agent that is there, inside a transaction. */
export async function publishVersion(
  transaction: Transaction,
  tenantId: TenantId,
  agentId: string,
  content: AgentContentInput,
): Promise<{ version: number; isNew: boolean }> {
  const frozen = JSON.stringify(agentContentSchema.parse(content));
  // Versions are numbered one publisher at a time.
  await query(transaction, 'SELECT 1 FROM agents WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [
    tenantId,
    agentId,
  ]);
  const [current] = await query<{ version: number; is_same: boolean }>(
    transaction,
    `SELECT version.version, version.content = $2::jsonb AS is_same
     FROM agents agent JOIN agent_versions version ON version.agent_id = agent.id AND version.version = agent.published_version
     WHERE agent.id = $1 AND agent.tenant_id = $3`,
    [agentId, frozen, tenantId],
  );
  if (current?.is_same) return { version: current.version, isNew: false };
  const [published] = await query<{ version: number }>(
    transaction,
    `INSERT INTO agent_versions (tenant_id, agent_id, version, content)
     SELECT $1, $2, coalesce(max(version), 0) + 1, $3::jsonb FROM agent_versions WHERE agent_id = $2 RETURNING version`,
    [tenantId, agentId, frozen],
  );
  const version = published?.version ?? 1;
  await query(transaction, 'UPDATE agents SET published_version = $2 WHERE id = $1', [agentId, version]);
  return { version, isNew: true };
}

function toDialledNumber(row: NumberRow): DialledNumber {
  return {
    phoneNumberId: row.id,
    e164: row.e164,
    tenant: {
      id: row.tenant_id,
      slug: row.slug,
      companyName: row.company_name,
      timeZone: row.time_zone,
      budget: toTenantBudget(row),
    },
    opening: {
      timeZone: row.time_zone,
      isAlwaysOpen: row.is_always_open,
      hours: row.hours.map(toWeeklyHours),
      closedDates: row.closed_dates,
    },
    access: {
      mode: row.access_mode,
      withheldCallers: row.withheld_callers,
      unverifiedCallers: row.unverified_callers,
      refusalText: row.refusal_text,
    },
    language: row.language,
    ...toAgent(row),
  };
}

function toAgent(row: NumberRow): Pick<DialledNumber, 'agent' | 'experiment'> {
  const salt = row.experiment_salt;
  const content = agentContentSchema.safeParse(row.content);
  if (!content.success || row.agent_id === null || row.version === null)
    return { agent: null, experiment: { name: '', variants: [], salt } };
  const { experiment: name, variants } = content.data;
  const snapshot = toSnapshot(content.data, {
    agentId: row.agent_id,
    agentVersion: row.version,
    tenantId: row.tenant_id,
  });
  return {
    agent: { ...snapshot, directory: row.departments.flatMap(toDepartment) },
    experiment: { name, variants, salt },
  };
}

/** One that is not valid is left out: nobody can be put through to it, and calls go on. */
function toDepartment(row: unknown): Department[] {
  const department = departmentSchema.safeParse(row);
  return department.success ? [department.data] : [];
}
