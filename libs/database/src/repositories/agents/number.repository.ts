import { randomUUID } from 'node:crypto';
import { given } from '../../rows/given.ts';
import { storableText, writtenForms, type TenantId } from '@tandem/contracts';
import { In, IsNull, type DataSource } from 'typeorm';
import { DatabaseRefusal, SQL_STATE, translate } from '../../connection/database-errors.ts';
import { lookAcrossTenants, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { CallerGroupRow, PhoneNumberGroupRow } from '../../entities/access.entities.ts';
import { AgentRow, OpeningHoursRow, PhoneNumberRow } from '../../entities/agent.entities.ts';
import { lockName } from '../../queries/locks.ts';
import { findNumber, listNumbers, type PhoneNumber } from '../../queries/numbers.ts';

/** A number before it is stored; it is open round the clock until it has opening hours. */
export type NewNumber = Omit<PhoneNumber, 'id' | 'isAlwaysOpen'>;
/** Absent fields stay as they are. */
type NumberChange = {
  readonly [Field in keyof Omit<PhoneNumber, 'id' | 'e164'>]?: PhoneNumber[Field] | undefined;
};

/**
 * `nobody-may-call`: an allow-list without a group; `unknown-group`, `unknown-agent`: the tenant has no such
 * group or agent.
 */
type Objection = 'unknown-group' | 'unknown-agent' | 'nobody-may-call';

const MAX_LISTED = 500;

/** The phone numbers of tenants. */
export class NumberRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(tenantId: TenantId): Promise<PhoneNumber[]> {
    return run(this.dataSource, tenantId, (manager) => listNumbers(manager, tenantId, MAX_LISTED));
  }

  find(tenantId: TenantId, id: string): Promise<PhoneNumber | null> {
    return run(this.dataSource, tenantId, (manager) => findNumber(manager, tenantId, id));
  }

  /** Returns a number of the tenant as it is stored, from any of its written forms; null for none. */
  async ownForm(tenantId: TenantId, e164: string): Promise<string | null> {
    const forms = writtenForms(e164);
    const found = await run(this.dataSource, tenantId, (manager) =>
      manager.find(PhoneNumberRow, { select: { e164: true }, where: { tenantId, e164: In(forms) } }),
    );
    return forms.find((form) => found.some((number) => number.e164 === form)) ?? null;
  }

  /**
   * Adds a number. `number-exists`: a tenant has it already, in one of its written forms;
   * `too-many-numbers`: the tenant has as many as are listed. With any of these outcomes the transaction must
   * be rolled back.
   */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    number: NewNumber,
  ): Promise<PhoneNumber | Objection | 'number-exists' | 'too-many-numbers'> {
    await lockName(transaction, `phone-numbers:${tenantId}`);
    if ((await transaction.countBy(PhoneNumberRow, { tenantId })) >= MAX_LISTED) return 'too-many-numbers';
    const forms = writtenForms(number.e164);
    // The index knows one form only: of two tenants that add one number in two forms, one waits.
    await lockName(transaction, `phone-number:${[...forms].sort()[0]}`);
    const isTaken = await lookAcrossTenants(transaction, 'lookup', () =>
      transaction.existsBy(PhoneNumberRow, { e164: In(forms) }),
    );
    if (isTaken) return 'number-exists';
    const objection = await this.objection(transaction, tenantId, number, number);
    if (objection) return objection;
    const { allowedGroups, refusalText, ...fields } = number;
    const id = randomUUID();
    const row = { ...fields, id, tenantId, isAlwaysOpen: true, refusalText: storableText(refusalText) };
    await transaction.createQueryBuilder().insert().into(PhoneNumberRow).values(row).orIgnore().execute();
    if (!(await transaction.existsBy(PhoneNumberRow, { tenantId, id }))) return 'number-exists';
    if (!(await this.allow(transaction, tenantId, id, allowedGroups))) return 'unknown-group';
    return (await findNumber(transaction, tenantId, id)) ?? 'number-exists';
  }

  /**
   * Changes the given fields. `never-open`: it has no opening hours that could apply; `changed-meanwhile`:
   * the number is not what `isCurrent` expects. With any other outcome than the number nothing is changed.
   */
  async update(
    tenantId: TenantId,
    id: string,
    change: NumberChange,
    isCurrent: (before: PhoneNumber) => boolean = () => true,
  ): Promise<PhoneNumber | Objection | 'not-found' | 'never-open' | 'changed-meanwhile'> {
    try {
      return await transact(this.dataSource, tenantId, async (transaction) => {
        const before = await findNumber(transaction, tenantId, id, 'FOR UPDATE OF number');
        if (!before) return 'not-found';
        if (!isCurrent(before)) return 'changed-meanwhile';
        const after: PhoneNumber = { ...before, ...given(change) };
        const objection = await this.objection(transaction, tenantId, after, change);
        if (objection) return objection;
        if (change.isAlwaysOpen === false && !(await hasHours(transaction, tenantId, id)))
          return 'never-open';
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
   * Deletes a number with its opening hours and the blocks at it; calls stay on record. Does nothing when
   * the tenant has no such number.
   */
  async delete(tenantId: TenantId, id: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) => manager.delete(PhoneNumberRow, { tenantId, id }));
  }

  /**
   * Replaces the number itself: its settings and the calls it had stay. `taken`: a tenant has the new number
   * already.
   */
  async rename(tenantId: TenantId, id: string, e164: string): Promise<'renamed' | 'not-found' | 'taken'> {
    try {
      const { affected } = await run(this.dataSource, tenantId, (manager) =>
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

  private async objection(
    transaction: Transaction,
    tenantId: TenantId,
    after: Pick<PhoneNumber, 'accessMode' | 'allowedGroups'>,
    { agentId }: NumberChange,
  ): Promise<Objection | null> {
    if (after.accessMode === 'allow-list' && after.allowedGroups.length === 0) return 'nobody-may-call';
    return agentId && !(await this.mayAnswer(transaction, tenantId, agentId)) ? 'unknown-agent' : null;
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

const hasHours = (transaction: Transaction, tenantId: TenantId, phoneNumberId: string): Promise<boolean> =>
  transaction.existsBy(OpeningHoursRow, { tenantId, phoneNumberId });

/** Thrown to roll back. */
class UnknownGroup extends Error {
  override readonly name = 'UnknownGroup';
}
