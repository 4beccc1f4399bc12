import { agentSnapshotSchema, minuteOfDay, type AgentSnapshot, type Opening, type TenantId, type WeeklyHours } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import { rows, run, transact, type Transaction } from '../unit-of-work.ts';

const agentContentSchema = agentSnapshotSchema.omit({ agentId: true, agentVersion: true, tenantId: true });
/** What is published: a snapshot without the ids it gets by being published. */
export type AgentContent = z.input<typeof agentContentSchema>;

/** What the door needs to know of a number that rings. */
export interface DialledNumber {
  readonly phoneNumberId: string;
  readonly e164: string;
  readonly tenant: { readonly id: TenantId; readonly slug: string; readonly companyName: string; readonly timeZone: string };
  /** Ask `isOpenAt`. Closed dates reach one day to each side of today. */
  readonly opening: Opening;
  /** Null when no agent answers here: none is set, none is published, or what was published is not valid any more. */
  readonly agent: AgentSnapshot | null;
}

interface NumberRow {
  id: string;
  e164: string;
  is_always_open: boolean;
  tenant_id: TenantId;
  slug: string;
  company_name: string;
  time_zone: string;
  agent_id: string | null;
  version: number | null;
  content: unknown;
  hours: { weekday: number; opens: string; closes: string }[];
  closed_dates: string[];
}

/** Which agent answers which number. */
export class AgentDirectory {
  constructor(private readonly dataSource: DataSource) {}

  /** Everything admission asks about a dialled number, in one query; null when the number is nobody's. */
  async findByNumber(e164: string): Promise<DialledNumber | null> {
    const [row] = await run(this.dataSource, (manager) =>
      rows<NumberRow>(
        manager,
        `SELECT number.id, number.e164, number.is_always_open, tenant.id AS tenant_id, tenant.slug, tenant.company_name, tenant.time_zone,
           version.agent_id, version.version, version.content,
           coalesce((SELECT json_agg(json_build_object('weekday', hours.weekday, 'opens', hours.opens::text, 'closes', hours.closes::text))
             FROM opening_hours hours WHERE hours.phone_number_id = number.id), '[]') AS hours,
           coalesce((SELECT json_agg(closed.date::text) FROM closed_dates closed
             WHERE closed.tenant_id = tenant.id AND closed.scope = 'calls' AND closed.date BETWEEN current_date - 2 AND current_date + 2), '[]') AS closed_dates
         FROM phone_numbers number
         JOIN tenants tenant ON tenant.id = number.tenant_id
         LEFT JOIN agents agent ON agent.id = number.agent_id
         LEFT JOIN agent_versions version ON version.agent_id = agent.id AND version.version = agent.published_version
         WHERE number.e164 = $1`,
        [e164],
      ),
    );
    return row ? toDialledNumber(row) : null;
  }

  /**
   * Makes content the version callers get from now on. The same content as the current version's publishes nothing.
   * Running calls keep the snapshot they started with.
   * @throws ZodError when the content is not a valid snapshot
   */
  async publish(tenantId: TenantId, agentId: string, content: AgentContent): Promise<{ version: number; isNew: boolean }> {
    const frozen = JSON.stringify(agentContentSchema.parse(content));
    return transact(this.dataSource, async (transaction) => {
      await this.lockAgent(transaction, tenantId, agentId, content.name);
      const [current] = await rows<{ version: number; is_same: boolean }>(
        transaction,
        `SELECT version.version, version.content = $2::jsonb AS is_same
         FROM agents agent JOIN agent_versions version ON version.agent_id = agent.id AND version.version = agent.published_version WHERE agent.id = $1`,
        [agentId, frozen],
      );
      if (current?.is_same) return { version: current.version, isNew: false };
      const [published] = await rows<{ version: number }>(
        transaction,
        `INSERT INTO agent_versions (tenant_id, agent_id, version, content)
         SELECT $1, $2, coalesce(max(version), 0) + 1, $3::jsonb FROM agent_versions WHERE agent_id = $2 RETURNING version`,
        [tenantId, agentId, frozen],
      );
      const version = published?.version ?? 1;
      await rows(transaction, 'UPDATE agents SET published_version = $2, name = $3 WHERE id = $1', [agentId, version, content.name]);
      return { version, isNew: true };
    });
  }

  /** Holds the agent's row, made if need be, so that versions are numbered one publisher at a time. */
  private async lockAgent(transaction: Transaction, tenantId: TenantId, agentId: string, name: string): Promise<void> {
    await rows(transaction, 'INSERT INTO agents (id, tenant_id, name) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING', [agentId, tenantId, name]);
    await rows(transaction, 'SELECT 1 FROM agents WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tenantId, agentId]);
  }
}

function toDialledNumber(row: NumberRow): DialledNumber {
  return {
    phoneNumberId: row.id,
    e164: row.e164,
    tenant: { id: row.tenant_id, slug: row.slug, companyName: row.company_name, timeZone: row.time_zone },
    opening: { timeZone: row.time_zone, isAlwaysOpen: row.is_always_open, hours: row.hours.map(toWeeklyHours), closedDates: row.closed_dates },
    agent: toSnapshot(row),
  };
}

function toSnapshot(row: NumberRow): AgentSnapshot | null {
  const content = agentContentSchema.safeParse(row.content);
  if (!content.success || row.agent_id === null || row.version === null) return null;
  return { ...content.data, agentId: row.agent_id, agentVersion: row.version, tenantId: row.tenant_id };
}

const toWeeklyHours = (row: { weekday: number; opens: string; closes: string }): WeeklyHours => ({
  weekday: row.weekday,
  opensMinute: minuteOfDay(row.opens),
  closesMinute: minuteOfDay(row.closes),
});
