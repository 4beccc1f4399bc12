import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { ClosedDateRepository, type ClosedDate, type Transaction } from '@tandem/database';
import { Problem, tenantNotFound } from '@tandem/platform';

/** The days on which a business is closed. */
@Injectable()
export class ClosedDatesService {
  constructor(private readonly dates: ClosedDateRepository) {}

  /** @throws Problem 403 when the tenant was deleted */
  async list(tenantId: TenantId, year: number | undefined) {
    const listed = await this.dates.list(tenantId, year ?? null);
    if (!listed) throw tenantNotFound();
    return listed;
  }

  /** @throws Problem 409 `date-exists` */
  async create(transaction: Transaction, tenantId: TenantId, closed: ClosedDate): Promise<ClosedDate> {
    if (!(await this.dates.create(transaction, tenantId, closed)))
      throw new Problem(
        409,
        'date-exists',
        'The day is closed already',
        'There is a closed date on this day. To change it, delete it and create it anew.',
      );
    return closed;
  }

  /** Does nothing when the day is not closed. */
  delete(tenantId: TenantId, date: string): Promise<void> {
    return this.dates.delete(tenantId, date);
  }
}
