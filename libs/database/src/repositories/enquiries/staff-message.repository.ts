import { toWeeklyHours, writtenForms, type OpeningHours, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { DatabaseRefusal } from '../../connection/database-errors.ts';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { StaffMessageRow } from '../../entities/enquiry.entities.ts';
import type {
  NewStaffMessage,
  StaffMessage,
  StaffMessageChange,
  StaffMessageFilter,
} from '../../entities/enquiry.ts';
import { readDayHours } from '../../queries/contacts/day-hours.ts';
import {
  findStaffMessage,
  insertStaffMessage,
  listStaffMessages,
} from '../../queries/contacts/staff-messages.ts';
import { given } from '../../rows/given.ts';
import { startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { ContactRepository } from '../contacts/contact.repository.ts';
import { writeEvent } from '../webhooks/outbox.ts';
import { staffMessageEvent } from './enquiry-event.ts';

/** Messages for the staff of a tenant, and the hours in which callers are called back. */
export class StaffMessageRepository {
  private readonly contacts: ContactRepository;

  constructor(private readonly dataSource: DataSource) {
    this.contacts = new ContactRepository(dataSource);
  }

  /** Stores a message with its event. A tool call leaves one at most: its message is returned again. */
  async create(
    transaction: Transaction,
    message: NewStaffMessage,
  ): Promise<{ message: StaffMessage; isNew: boolean } | 'unknown-contact'> {
    const { tenantId } = message;
    const found = await this.contacts.ofEnquirer(transaction, tenantId, message);
    if (found === 'unknown-contact') return found;
    const { id, isNew } = await insertStaffMessage(transaction, storable(message), found.contactId);
    const stored = await this.stored(transaction, tenantId, id);
    if (isNew) await writeEvent(transaction, staffMessageEvent(tenantId, stored));
    return { message: stored, isNew };
  }

  /** Changes the given fields. Null when the tenant has no such message. */
  async update(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    change: StaffMessageChange,
  ): Promise<StaffMessage | null> {
    const { affected } = await transaction.update(
      StaffMessageRow,
      { tenantId, id },
      { ...given(change), ...doneAt(change) },
    );
    return affected ? this.stored(transaction, tenantId, id) : null;
  }

  async find(tenantId: TenantId, id: string): Promise<StaffMessage | null> {
    return run(this.dataSource, tenantId, (manager) => findStaffMessage(manager, tenantId, id));
  }

  /** Newest first. @throws CursorMalformed */
  async list(tenantId: TenantId, filter: StaffMessageFilter, page: PageRequest): Promise<Page<StaffMessage>> {
    const start = startOf(page);
    const phones = filter.contactPhone ? writtenForms(filter.contactPhone) : null;
    const found = await run(this.dataSource, tenantId, (manager) =>
      listStaffMessages(manager, tenantId, filter, phones, start, page.limit + 1),
    );
    return toPageByTime(found, page.limit, (message) => message);
  }

  /**
   * Returns the hours of a local day in which calls of a number of the tenant's are taken. Without a number
   * of theirs every hour counts, but on the days on which nobody takes calls. Null without a tenant.
   */
  async hoursOn(
    transaction: Transaction,
    tenantId: TenantId,
    calledNumber: string | null,
    date: string,
  ): Promise<OpeningHours | null> {
    const forms = calledNumber === null ? null : writtenForms(calledNumber);
    const stored = await readDayHours(transaction, tenantId, forms, date);
    if (!stored) return null;
    const { timeZone, isAlwaysOpen, hours, isClosedDate } = stored;
    return {
      timeZone,
      isAlwaysOpen,
      hours: hours.map(toWeeklyHours),
      closedDates: isClosedDate ? [date] : [],
    };
  }

  private async stored(transaction: Transaction, tenantId: TenantId, id: string): Promise<StaffMessage> {
    const message = await findStaffMessage(transaction, tenantId, id);
    if (!message) throw new DatabaseRefusal('no-row', undefined, 'staff_messages');
    return message;
  }
}

/** A message that is done again keeps the time it was done first. */
function doneAt({ state }: StaffMessageChange): { doneAt?: (() => string) | null } {
  if (state === undefined) return {};
  return { doneAt: state === 'open' ? null : () => 'coalesce(done_at, now())' };
}
