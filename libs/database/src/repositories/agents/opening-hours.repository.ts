import { toClockHours, toWeeklyHours, type TenantId, type WeeklyHours } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { OpeningHoursRow, PhoneNumberRow } from '../../entities/agent.entities.ts';

/** When a number takes calls, closed dates aside. */
export interface NumberHours {
  /** Open round the clock; the hours then do not count. */
  readonly isAlwaysOpen: boolean;
  /** By weekday and time. */
  readonly hours: readonly WeeklyHours[];
}

/** The opening hours of phone numbers. */
export class OpeningHoursRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Null when the tenant has no such number. */
  find(tenantId: TenantId, numberId: string): Promise<NumberHours | null> {
    return run(this.dataSource, tenantId, async (manager) => {
      const number = await manager.findOneBy(PhoneNumberRow, { tenantId, id: numberId });
      return number && this.read(manager, number);
    });
  }

  /**
   * Replaces the hours of a number. `changed-meanwhile`: they are not what `isCurrent` expects; nothing is
   * changed then.
   */
  put(
    tenantId: TenantId,
    numberId: string,
    { isAlwaysOpen, hours }: NumberHours,
    isCurrent: (before: NumberHours) => boolean,
  ): Promise<NumberHours | 'not-found' | 'changed-meanwhile'> {
    return transact(this.dataSource, tenantId, async (transaction) => {
      const number = await transaction.findOne(PhoneNumberRow, {
        where: { tenantId, id: numberId },
        lock: { mode: 'pessimistic_write' },
      });
      if (!number) return 'not-found';
      if (!isCurrent(await this.read(transaction, number))) return 'changed-meanwhile';
      const owner = { tenantId, phoneNumberId: numberId };
      await transaction.delete(OpeningHoursRow, owner);
      const rows = hours.map((each) => ({ ...owner, ...toClockHours(each) }));
      if (rows.length > 0) await transaction.insert(OpeningHoursRow, rows);
      await transaction.update(PhoneNumberRow, { tenantId, id: numberId }, { isAlwaysOpen });
      return this.read(transaction, { ...number, isAlwaysOpen });
    });
  }

  private async read(
    manager: Transaction,
    { tenantId, id: phoneNumberId, isAlwaysOpen }: PhoneNumberRow,
  ): Promise<NumberHours> {
    const rows = await manager.find(OpeningHoursRow, {
      where: { tenantId, phoneNumberId },
      order: { weekday: 'ASC', opens: 'ASC' },
    });
    return { isAlwaysOpen, hours: rows.map(toWeeklyHours) };
  }
}
