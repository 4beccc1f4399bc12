import { randomUUID } from 'node:crypto';
import { writtenForms, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { acrossTenants, narrowTo, run, type Transaction } from '../../connection/unit-of-work.ts';
import type { Booking } from '../../entities/booking.ts';
import { ResourceRow } from '../../entities/business.entities.ts';
import { FreedTimeRow, WaitingListRow } from '../../entities/calendar.entities.ts';
import type {
  FreedTime,
  NewWaitingEntry,
  OfferTerms,
  WaitingChange,
  WaitingEntry,
  WaitingFilter,
} from '../../entities/waiting-list.ts';
import { lockName } from '../../queries/locks.ts';
import {
  countWaiting,
  findCandidates,
  findOfferTerms,
  findWaiting,
  listWaiting,
  takeFreedTime,
} from '../../queries/waiting-list.ts';
import { given } from '../../rows/given.ts';
import { startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { without } from '../../rows/without.ts';
import { ContactRepository } from '../contacts/contact.repository.ts';
import { subjectOf, writeEvent } from '../webhooks/outbox.ts';

/** The most people of a tenant who wait at once. */
export const MAX_WAITING = 1_000;

/** People who wait for an appointment, and the times that became free for them. */
export class WaitingListRepository {
  private readonly contacts: ContactRepository;

  constructor(private readonly dataSource: DataSource) {
    this.contacts = new ContactRepository(dataSource);
  }

  /** `full`: {@link MAX_WAITING} wait already. The service is one of the tenant's. */
  async create(
    transaction: Transaction,
    entry: NewWaitingEntry,
  ): Promise<WaitingEntry | 'full' | 'unknown-resource'> {
    const { tenantId, contactPhone, resourceId, ...fields } = entry;
    if (!(await this.hasResource(transaction, tenantId, resourceId))) return 'unknown-resource';
    await lockName(transaction, `waiting-list:${tenantId}`);
    if ((await countWaiting(transaction, tenantId)) >= MAX_WAITING) return 'full';
    const contactId = await this.contacts.ensure(transaction, tenantId, contactPhone, entry.name);
    const id = randomUUID();
    await transaction.insert(WaitingListRow, { id, tenantId, contactId, resourceId, ...storable(fields) });
    return (await findWaiting(transaction, tenantId, id))!;
  }

  /** Changes the given fields of an entry that waits. */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    change: WaitingChange,
  ): Promise<WaitingEntry | 'not-found' | 'not-waiting' | 'unknown-resource'> {
    if (!(await this.hasResource(transaction, tenantId, change.resourceId ?? null)))
      return 'unknown-resource';
    const held = await this.hold(transaction, tenantId, id);
    if (!held) return 'not-found';
    if (held.status !== 'waiting') return 'not-waiting';
    await transaction.update(WaitingListRow, { tenantId, id }, given(change));
    return (await findWaiting(transaction, tenantId, id)) ?? 'not-found';
  }

  /**
   * Takes a person off the list; a second time changes nothing. An offer they have stays a hold.
   * @returns the entry as it was before; null when there is none
   */
  async cancel(transaction: Transaction, tenantId: TenantId, id: string): Promise<WaitingEntry | null> {
    if (!(await this.hold(transaction, tenantId, id))) return null;
    const before = await findWaiting(transaction, tenantId, id);
    await transaction.update(WaitingListRow, { tenantId, id, status: 'waiting' }, { status: 'cancelled' });
    return before;
  }

  async find(tenantId: TenantId, id: string, transaction?: Transaction): Promise<WaitingEntry | null> {
    if (transaction) return findWaiting(transaction, tenantId, id);
    return run(this.dataSource, tenantId, (manager) => findWaiting(manager, tenantId, id));
  }

  /** Longest waiting first. @throws CursorMalformed */
  async list(tenantId: TenantId, filter: WaitingFilter, page: PageRequest): Promise<Page<WaitingEntry>> {
    const start = startOf(page);
    const phones = filter.contactPhone ? writtenForms(filter.contactPhone) : null;
    const found = await run(this.dataSource, tenantId, (manager) =>
      listWaiting(manager, tenantId, filter, phones, start, page.limit + 1),
    );
    return toPageByTime(found, page.limit, (entry) => entry);
  }

  /** Does what is offered in one transaction: that of the tenant whose freed time is taken in it. */
  transact<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return acrossTenants(this.dataSource, 'due-work', work);
  }

  /**
   * Returns a time that became free, of a business that is not quiet now; null when there is none. Until the
   * transaction ends no other one offers times of that business. It is gone once it is dropped.
   */
  async takeFreedTime(transaction: Transaction, now: Date): Promise<FreedTime | null> {
    const freed = await takeFreedTime(transaction, now);
    if (!freed) return null;
    await lockName(transaction, `waiting-list:${freed.tenantId}`);
    await narrowTo(transaction, freed.tenantId);
    return freed;
  }

  async dropFreedTime(transaction: Transaction, { tenantId, id }: FreedTime): Promise<void> {
    await transaction.delete(FreedTimeRow, { tenantId, id });
  }

  /** Returns entries a freed time could be for, the longest waiting first, after one of them. */
  candidates(
    transaction: Transaction,
    freed: FreedTime,
    after: WaitingEntry | null,
    limit: number,
  ): Promise<WaitingEntry[]> {
    const position = after && { at: after.createdAt, id: after.id };
    return findCandidates(transaction, freed, position, limit);
  }

  async terms(transaction: Transaction, tenantId: TenantId, contactId: string): Promise<OfferTerms | null> {
    return findOfferTerms(transaction, tenantId, contactId);
  }

  /** Offers a person a hold. Null when they no longer wait: nothing was changed then. */
  async offer(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    hold: Booking,
  ): Promise<WaitingEntry | null> {
    const { affected } = await transaction.update(
      WaitingListRow,
      { tenantId, id, status: 'waiting' },
      { status: 'offered', bookingId: hold.id, offeredAt: () => 'clock_timestamp()' },
    );
    const entry = affected ? await findWaiting(transaction, tenantId, id) : null;
    if (entry) await this.tellOffer(transaction, tenantId, entry, hold);
    return entry;
  }

  private async tellOffer(
    transaction: Transaction,
    tenantId: TenantId,
    entry: WaitingEntry,
    hold: Booking,
  ): Promise<void> {
    const { reference, startsAt: start, endsAt: end, timeZone, resource, holdExpiresAt } = hold;
    await writeEvent(transaction, {
      tenantId,
      type: 'waiting-list.offered',
      subject: subjectOf('waiting-list', entry.id, null),
      data: {
        entryId: entry.id,
        ...without(entry, 'id', 'serviceId', 'resource'),
        reference,
        start,
        end,
        timeZone,
        resource,
        holdExpiresAt,
      },
    });
  }

  private async hold(transaction: Transaction, tenantId: TenantId, id: string) {
    return transaction.findOne(WaitingListRow, {
      where: { tenantId, id },
      lock: { mode: 'pessimistic_write' },
    });
  }

  private async hasResource(
    transaction: Transaction,
    tenantId: TenantId,
    id: string | null,
  ): Promise<boolean> {
    return id === null || transaction.existsBy(ResourceRow, { tenantId, id, isActive: true });
  }
}
