import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { ClosedDateRow } from '../../entities/tenant.entities.ts';
import { insertClosedDate, listClosedDates, type ClosedDate } from '../../queries/closed-dates.ts';
import { storable } from '../../rows/storable.ts';

/** The holidays of tenants, and other days on which they are closed. */
export class ClosedDateRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Returns the closed dates of a year, or of this one on the tenant's clock. Null when there is no such
   * tenant.
   */
  list(
    tenantId: TenantId,
    year: number | null,
  ): Promise<{ readonly year: number; readonly items: readonly ClosedDate[] } | null> {
    return run(this.dataSource, tenantId, (manager) => listClosedDates(manager, tenantId, year));
  }

  /**
   * Adds a closed date. False when the day is closed already for some of it: the transaction must be rolled
   * back then.
   */
  create(transaction: Transaction, tenantId: TenantId, closed: ClosedDate): Promise<boolean> {
    return insertClosedDate(transaction, tenantId, storable(closed));
  }

  /** Opens a day again, for calls and bookings. Does nothing when it is not closed. */
  async delete(tenantId: TenantId, date: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) => manager.delete(ClosedDateRow, { tenantId, date }));
  }
}
