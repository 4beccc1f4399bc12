import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  BookingSettingsRepository,
  type BookingSettings,
  type NoticeSettings,
  type Transaction,
} from '@tandem/database';
import { Problem } from '@tandem/platform';

/** The notices of a business, its quiet hours, and its offers of the waiting list. */
@Injectable()
export class BookingSettingsService {
  constructor(private readonly settings: BookingSettingsRepository) {}

  get(tenantId: TenantId): Promise<BookingSettings> {
    return this.settings.find(tenantId);
  }

  /** @throws Problem 422 `unknown-number` */
  async replace(
    transaction: Transaction,
    tenantId: TenantId,
    settings: BookingSettings,
  ): Promise<BookingSettings> {
    const replaced = await this.settings.replace(transaction, tenantId, settings);
    if (replaced !== 'unknown-number') return replaced;
    throw new Problem(
      422,
      'unknown-number',
      'Not your number',
      '`smsNumber` must be one of your own numbers, or null.',
    );
  }

  /** Returns null where those of the business count. @throws Problem 404 */
  async ofService(tenantId: TenantId, serviceId: string): Promise<NoticeSettings | null> {
    const own = await this.settings.ofService(tenantId, serviceId);
    if (own === 'not-found') throw notFound();
    return own;
  }

  /** @throws Problem 404 */
  async replaceOfService(
    transaction: Transaction,
    tenantId: TenantId,
    serviceId: string,
    own: NoticeSettings | null,
  ): Promise<NoticeSettings | null> {
    const done = await this.settings.replaceOfService(transaction, tenantId, serviceId, own);
    if (done === 'not-found') throw notFound();
    return own;
  }
}

const notFound = () =>
  new Problem(
    404,
    'service-not-found',
    'No such service',
    'There is no service with this id. Ask for the list.',
  );
