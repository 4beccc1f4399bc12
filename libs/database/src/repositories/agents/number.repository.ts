import { storableText, type TenantId } from '@tandem/contracts';
import { In, IsNull, type DataSource } from 'typeorm';
import { DatabaseRefusal, SQL_STATE, translate } from '../../connection/database-errors.ts';
import { run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { CallerGroupRow, PhoneNumberGroupRow } from '../../entities/access.entities.ts';
import { AgentRow, PhoneNumberRow } from '../../entities/agent.entities.ts';
import { findNumber, listNumbers, type PhoneNumber } from '../../queries/numbers.ts';

/** Absent fields stay as they are. */
type NumberChange = {
  readonly [Field in keyof Omit<PhoneNumber, 'id' | 'e164'>]?: PhoneNumber[Field] | undefined;
};

const MAX_LISTED = 500;

/** The phone numbers of tenants. */
export class NumberRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(tenantId: TenantId): Promise<PhoneNumber[]> {
    return run(this.dataSource, (manager) => listNumbers(manager, tenantId, MAX_LISTED));
  }

  /**
   * Changes the given fields. `nobody-may-call`: an allow-list without a group; `unknown-group`,
   * `unknown-agent`: the tenant has no such group or agent. Nothing is changed then.
   */
  async update(
    tenantId: TenantId,
    id: string,
    change: NumberChange,
  ): Promise<PhoneNumber | 'not-found' | 'unknown-group' | 'unknown-agent' | 'nobody-may-call'> {
    try {
      return await transact(this.dataSource, async (transaction) => {
        const before = await findNumber(transaction, tenantId, id, 'FOR UPDATE OF number');
        if (!before) return 'not-found';
        const given = Object.entries(change).filter(([, value]) => value !== undefined);
        const after: PhoneNumber = { ...before, ...Object.fromEntries(given) };
        if (after.accessMode === 'allow-list' && after.allowedGroups.length === 0) return 'nobody-may-call';
        if (change.agentId && !(await this.mayAnswer(transaction, tenantId, change.agentId)))
          return 'unknown-agent';
        await this.write(transaction, tenantId, after);
        if (change.allowedGroups && !(await this.allow(transaction, tenantId, id, change.allowedGroups)))
          throw new UnknownGroup();
        return (await findNumber(transaction, tenantId, id)) ?? 'not-found';
      });
    } catch (error) {
      if (error instanceof UnknownGroup) return 'unknown-group';
      throw error;
    }
  }

  /**
   * Replaces the number itself: its settings and the calls it had stay. `taken`: a tenant has the new number
   * already.
   */
  async rename(tenantId: TenantId, id: string, e164: string): Promise<'renamed' | 'not-found' | 'taken'> {
    try {
      const { affected } = await run(this.dataSource, (manager) =>
        manager.update(PhoneNumberRow, { tenantId, id }, { e164 }),
      );
      return affected ? 'renamed' : 'not-found';
    } catch (error) {
      const meaning = translate(error);
      if (meaning instanceof DatabaseRefusal && meaning.sqlState === SQL_STATE.uniqueViolation)
        return 'taken';
      throw error;
    }
  }

  /** Returns whether there is such an agent; it cannot be archived before this transaction ends. */
  private async mayAnswer(transaction: Transaction, tenantId: TenantId, agentId: string): Promise<boolean> {
    const agent = await transaction.findOne(AgentRow, {
      where: { tenantId, id: agentId, archivedAt: IsNull() },
      lock: { mode: 'pessimistic_read' },
    });
    return agent !== null;
  }

  private async write(transaction: Transaction, tenantId: TenantId, number: PhoneNumber): Promise<void> {
    const { id, agentId, isAlwaysOpen, language, accessMode, withheldCallers, unverifiedCallers } = number;
    const refusalText = storableText(number.refusalText);
    await transaction.update(
      PhoneNumberRow,
      { tenantId, id },
      { agentId, isAlwaysOpen, language, accessMode, withheldCallers, unverifiedCallers, refusalText },
    );
  }

  /** Returns whether the tenant has all these groups. */
  private async allow(
    transaction: Transaction,
    tenantId: TenantId,
    phoneNumberId: string,
    keys: readonly string[],
  ): Promise<boolean> {
    await transaction.delete(PhoneNumberGroupRow, { phoneNumberId });
    const groups = await transaction.findBy(CallerGroupRow, { tenantId, key: In([...keys]) });
    const allowed = groups.map(({ id: groupId }) => ({ tenantId, phoneNumberId, groupId }));
    if (allowed.length > 0) await transaction.insert(PhoneNumberGroupRow, allowed);
    return allowed.length === new Set(keys).size;
  }
}

/** Thrown to roll back. */
class UnknownGroup extends Error {
  override readonly name = 'UnknownGroup';
}
