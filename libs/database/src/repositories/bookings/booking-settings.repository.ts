import type { BookingTexts, MessageChannel, Reminder, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { query, run, type Transaction } from '../../connection/unit-of-work.ts';
import { ServiceRow } from '../../entities/business.entities.ts';
import { PhoneNumberRow } from '../../entities/agent.entities.ts';
import { BookingSettingsRow, ServiceRemindersRow } from '../../entities/calendar.entities.ts';
import { DEFAULT_OFFER_MINUTES, DEFAULT_QUIET } from '../../queries/quiet-hours.ts';
import { jsonParameter } from '../../rows/storable.ts';

/** The notices of appointments: a confirmation as soon as one is made or moved, and reminders. */
export interface NoticeSettings {
  readonly confirmation: MessageChannel | null;
  readonly reminders: readonly Reminder[];
}

export interface BookingSettings extends NoticeSettings {
  /** Local times of day, HH:MM; equal ones for no quiet hours. */
  readonly quietFrom: string;
  readonly quietUntil: string;
  readonly offerMinutes: number;
  readonly smsNumber: string | null;
  readonly texts: BookingTexts;
}

const DEFAULTS: BookingSettings = {
  confirmation: null,
  reminders: [],
  quietFrom: DEFAULT_QUIET.from,
  quietUntil: DEFAULT_QUIET.until,
  offerMinutes: DEFAULT_OFFER_MINUTES,
  smsNumber: null,
  texts: {},
};

/** Returns SQL for when the notices of a row began: now, where they changed. */
const since = (table: string) => `CASE WHEN ${table}.confirmation IS NOT DISTINCT FROM excluded.confirmation
    AND ${table}.reminders = excluded.reminders THEN ${table}.since ELSE now() END`;

/** The settings of a business for its bookings, and the notices of services that have their own. */
export class BookingSettingsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async find(tenantId: TenantId): Promise<BookingSettings> {
    const row = await run(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(BookingSettingsRow, { tenantId }),
    );
    return row ? toSettings(row) : DEFAULTS;
  }

  /** Replaces the settings. `unknown-number`: the number is none of the tenant's. */
  async replace(
    transaction: Transaction,
    tenantId: TenantId,
    settings: BookingSettings,
  ): Promise<BookingSettings | 'unknown-number'> {
    const { smsNumber, reminders, texts } = settings;
    if (smsNumber !== null && !(await transaction.existsBy(PhoneNumberRow, { tenantId, e164: smsNumber })))
      return 'unknown-number';
    await query(
      transaction,
      `INSERT INTO booking_settings (tenant_id, confirmation, reminders, quiet_from, quiet_until,
         offer_minutes, sms_number, texts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (tenant_id) DO UPDATE SET confirmation = excluded.confirmation,
         reminders = excluded.reminders, quiet_from = excluded.quiet_from,
         quiet_until = excluded.quiet_until, offer_minutes = excluded.offer_minutes,
         sms_number = excluded.sms_number, texts = excluded.texts, since = ${since('booking_settings')}`,
      [
        tenantId,
        settings.confirmation,
        jsonParameter(reminders),
        settings.quietFrom,
        settings.quietUntil,
        settings.offerMinutes,
        smsNumber,
        jsonParameter(texts),
      ],
    );
    return toSettings(await transaction.findOneByOrFail(BookingSettingsRow, { tenantId }));
  }

  /** Returns the notices of a service; null when it has none of its own. `not-found`: no such service. */
  async ofService(tenantId: TenantId, serviceId: string): Promise<NoticeSettings | null | 'not-found'> {
    return run(this.dataSource, tenantId, async (manager) => {
      if (!(await hasService(manager, tenantId, serviceId))) return 'not-found';
      const row = await manager.findOneBy(ServiceRemindersRow, { tenantId, serviceId });
      return row && toNotices(row);
    });
  }

  /** Gives a service notices of its own, an empty list for none; null takes them away. */
  async replaceOfService(
    transaction: Transaction,
    tenantId: TenantId,
    serviceId: string,
    notices: NoticeSettings | null,
  ): Promise<'done' | 'not-found'> {
    if (!(await hasService(transaction, tenantId, serviceId))) return 'not-found';
    if (notices === null) await transaction.delete(ServiceRemindersRow, { tenantId, serviceId });
    else
      await query(
        transaction,
        `INSERT INTO service_reminders (tenant_id, service_id, confirmation, reminders)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (service_id) DO UPDATE SET confirmation = excluded.confirmation,
           reminders = excluded.reminders, since = ${since('service_reminders')}`,
        [tenantId, serviceId, notices.confirmation, jsonParameter(notices.reminders)],
      );
    return 'done';
  }
}

function hasService(manager: Transaction, tenantId: TenantId, id: string): Promise<boolean> {
  return manager.existsBy(ServiceRow, { tenantId, id, isActive: true });
}

const toNotices = ({ confirmation, reminders }: NoticeSettings): NoticeSettings => ({
  confirmation,
  reminders,
});

function toSettings(row: BookingSettingsRow): BookingSettings {
  const { quietFrom, quietUntil, offerMinutes, smsNumber, texts } = row;
  return {
    ...toNotices(row),
    quietFrom: quietFrom.slice(0, 5),
    quietUntil: quietUntil.slice(0, 5),
    offerMinutes,
    smsNumber,
    texts,
  };
}
