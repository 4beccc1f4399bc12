import { storableText, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import type { AccessMode } from '../../entities/agent.entities.ts';
import { DatabaseRefusal, SQL_STATE, translate } from '../../connection/database-errors.ts';
import { query, run, transact, type Transaction } from '../../connection/unit-of-work.ts';

/** A number of a tenant, and how its calls are taken. */
export interface PhoneNumber {
  readonly id: string;
  readonly e164: string;
  readonly agentId: string | null;
  readonly isAlwaysOpen: boolean;
  /** BCP 47; null for the agent's. */
  readonly language: string | null;
  readonly accessMode: AccessMode;
  /** Keys of the groups whose members may call where `accessMode` is `allow-list`. */
  readonly allowedGroups: readonly string[];
  readonly withheldCallers: 'accept' | 'refuse';
  /** Callers whose number nobody has signed for. */
  readonly unverifiedCallers: 'trust' | 'distrust';
  /** What a caller hears who is not let in; empty for the usual sentence. */
  readonly refusalText: string;
}

/** What is absent stays. */
type NumberChange = {
  readonly [Field in keyof Omit<PhoneNumber, 'id' | 'e164'>]?: PhoneNumber[Field] | undefined;
};

const SELECT = `
SELECT number.id, number.e164, number.agent_id AS "agentId", number.is_always_open AS "isAlwaysOpen", number.language, number.access_mode AS "accessMode",
  coalesce((SELECT json_agg(caller_group.key ORDER BY caller_group.key) FROM phone_number_groups allowed JOIN caller_groups caller_group ON caller_group.id = allowed.group_id
    WHERE allowed.phone_number_id = number.id), '[]') AS "allowedGroups",
  number.withheld_callers AS "withheldCallers", number.unverified_callers AS "unverifiedCallers", number.refusal_text AS "refusalText"
FROM phone_numbers number WHERE number.tenant_id = $1`;

const MAX_LISTED = 500;

/** The numbers of tenants. */
export class NumberRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(tenantId: TenantId): Promise<PhoneNumber[]> {
    return run(this.dataSource, (manager) =>
      query<PhoneNumber>(manager, `${SELECT} ORDER BY number.e164 LIMIT ${MAX_LISTED}`, [tenantId]),
    );
  }

  /**
   * Changes what is given. `nobody-may-call`: an allow-list without a group; `unknown-group`,
   * `unknown-agent`: one of the tenant's own was named that it does not have. Nothing is changed then.
   */
  async update(
    tenantId: TenantId,
    id: string,
    change: NumberChange,
  ): Promise<PhoneNumber | 'not-found' | 'unknown-group' | 'unknown-agent' | 'nobody-may-call'> {
    try {
      return await transact(this.dataSource, async (transaction) => {
        const [before] = await query<PhoneNumber>(
          transaction,
          `${SELECT} AND number.id = $2 FOR UPDATE OF number`,
          [tenantId, id],
        );
        if (!before) return 'not-found';
        const after: PhoneNumber = {
          ...before,
          ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
        };
        if (after.accessMode === 'allow-list' && after.allowedGroups.length === 0) return 'nobody-may-call';
        if (change.agentId && !(await this.mayAnswer(transaction, tenantId, change.agentId)))
          return 'unknown-agent';
        await this.write(transaction, tenantId, after);
        if (change.allowedGroups && !(await this.allow(transaction, tenantId, id, change.allowedGroups)))
          throw new UnknownGroup();
        const [stored] = await query<PhoneNumber>(transaction, `${SELECT} AND number.id = $2`, [
          tenantId,
          id,
        ]);
        return stored ?? 'not-found';
      });
    } catch (error) {
      if (error instanceof UnknownGroup) return 'unknown-group';
      throw error;
    }
  }

  /**
   * Puts another number in the place of one: its settings, and the calls it had, stay. `taken`: a tenant has
   * it already.
   */
  async rename(tenantId: TenantId, id: string, e164: string): Promise<'renamed' | 'not-found' | 'taken'> {
    try {
      const changed = await transact(this.dataSource, (transaction) =>
        query(
          transaction,
          'UPDATE phone_numbers SET e164 = $3 WHERE tenant_id = $1 AND id = $2 RETURNING id',
          [tenantId, id, e164],
        ),
      );
      return changed.length > 0 ? 'renamed' : 'not-found';
    } catch (error) {
      const meaning = translate(error);
      if (meaning instanceof DatabaseRefusal && meaning.sqlState === SQL_STATE.uniqueViolation)
        return 'taken';
      throw error;
    }
  }

  /** Whether there is such an agent, and it is not archived before this transaction ends. */
  private async mayAnswer(transaction: Transaction, tenantId: TenantId, agentId: string): Promise<boolean> {
    const found = await query(
      transaction,
      'SELECT 1 FROM agents WHERE tenant_id = $1 AND id = $2 AND archived_at IS NULL FOR SHARE',
      [tenantId, agentId],
    );
    return found.length === 1;
  }

  private async write(transaction: Transaction, tenantId: TenantId, number: PhoneNumber): Promise<void> {
    await query(
      transaction,
      'UPDATE phone_numbers SET agent_id = $3, is_always_open = $4, language = $5, access_mode = $6, ' +
        'withheld_callers = $7, unverified_callers = $9, refusal_text = $8 WHERE tenant_id = $1 AND id = ' +
        '$2',
      [
        tenantId,
        number.id,
        number.agentId,
        number.isAlwaysOpen,
        number.language,
        number.accessMode,
        number.withheldCallers,
        storableText(number.refusalText),
        number.unverifiedCallers,
      ],
    );
  }

  private async allow(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    groups: readonly string[],
  ): Promise<boolean> {
    await query(transaction, 'DELETE FROM phone_number_groups WHERE phone_number_id = $1', [id]);
    const allowed = await query(
      transaction,
      `INSERT INTO phone_number_groups (tenant_id, phone_number_id, group_id)
       SELECT $1, $2, id FROM caller_groups WHERE tenant_id = $1 AND key = ANY($3::text[]) RETURNING group_id`,
      [tenantId, id, groups],
    );
    return allowed.length === new Set(groups).size;
  }
}

/** Thrown to roll back. */
class UnknownGroup extends Error {
  override readonly name = 'UnknownGroup';
}
