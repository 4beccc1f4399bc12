import { writtenForms, type CallId, type TenantId } from '@tandem/contracts';
import { MoreThanOrEqual, type DataSource, type EntityManager } from 'typeorm';
import { DatabaseRefusal, SQL_STATE } from '../../connection/database-errors.ts';
import { acrossTenants, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import type {
  Booking,
  BookingFilter,
  BookingIdentity,
  BookingMove,
  BookingOfCall,
  BookingRequest,
} from '../../entities/booking.ts';
import { BookingRow } from '../../entities/business.entities.ts';
import { findBooking, findInCall, insertBooking, listBookings, moveBooking } from '../../queries/bookings.ts';
import { confirmHold, expireHolds, releaseHold, resourcesWithExpiredHolds } from '../../queries/holds.ts';
import { wantEventsOfBooking } from '../../queries/calendars/wanted-events.ts';
import { lockName } from '../../queries/locks.ts';
import { startOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { writeEvent } from '../webhooks/outbox.ts';
import { bookingEvent, type BookingEvent } from './booking-event.ts';
import { newReference, REFERENCE_TRIES } from './booking-reference.ts';
import { ContactRepository } from '../contacts/contact.repository.ts';
import { lockResource, lockResources, takeFirstFree } from './free-resource.ts';
import { isForSamePerson } from './same-person.ts';

/** The most bookings of one series. */
export const MOST_IN_SERIES = 52;

/** Stored appointments. */
export class BookingRepository {
  private readonly contacts: ContactRepository;

  constructor(private readonly dataSource: DataSource) {
    this.contacts = new ContactRepository(dataSource);
  }

  /** Books or holds the first free resource. Null when none is free; nothing was changed then. */
  async book(transaction: Transaction, request: BookingRequest): Promise<Booking | null> {
    const { contactPhone, name, tenantId } = request;
    const id = await takeFirstFree(transaction, request, async (resourceId) => {
      const contactId =
        contactPhone === null ? null : await this.contacts.ensure(transaction, tenantId, contactPhone, name);
      return this.insert(transaction, request, resourceId, contactId);
    });
    if (id === null) return null;
    if (request.holdSeconds) return findBooking(transaction, tenantId, id);
    return this.withEvent(transaction, 'booking.created', tenantId, id);
  }

  /**
   * Books what is held; a booking stays as it is. `expired`, `cancelled`: there is nothing to confirm any
   * more. Null when the tenant has no such booking.
   */
  async confirm(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
  ): Promise<Booking | 'expired' | 'cancelled' | null> {
    if (await confirmHold(transaction, tenantId, id))
      return this.withEvent(transaction, 'booking.created', tenantId, id);
    const booking = await findBooking(transaction, tenantId, id);
    if (booking?.status === 'cancelled' || booking?.status === 'expired') return booking.status;
    // A row that says `held` was expired a moment ago by the clock of the statement.
    return booking?.status === 'held' ? 'expired' : booking;
  }

  /**
   * Marks holds that are over, those of one resource in one transaction. A booking that wants their time does
   * so too: this is for those who wait, and for reading.
   * @returns the number of resources that had any
   */
  async expireHolds(limit: number): Promise<number> {
    const found = await acrossTenants(this.dataSource, 'due-work', (manager) =>
      resourcesWithExpiredHolds(manager, limit),
    );
    for (const { id, tenantId } of found)
      await transact(this.dataSource, tenantId, async (transaction) => {
        await lockResource(transaction, id);
        await expireHolds(transaction, id);
      });
    return found.length;
  }

  /**
   * Keeps resources from every other transaction that books them, until this one ends: one that makes or
   * moves several bookings takes all resources they could have before the first of them.
   */
  keepResources(transaction: Transaction, resourceIds: readonly string[]): Promise<void> {
    return lockResources(transaction, resourceIds);
  }

  /**
   * Returns the standing bookings of a series from a start on, soonest first; no other transaction changes
   * them until this one ends.
   */
  async followingInSeries(
    transaction: Transaction,
    tenantId: TenantId,
    seriesId: string,
    from: Date,
  ): Promise<Booking[]> {
    const rows = await transaction.find(BookingRow, {
      where: { tenantId, seriesId, status: 'booked', startsAt: MoreThanOrEqual(from) },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    const held = new Set(rows.map(({ id }) => id));
    const all = await this.ofSeries(transaction, tenantId, seriesId);
    return all.filter(({ id }) => held.has(id));
  }

  /** Returns all bookings of a series, soonest first. */
  ofSeries(transaction: Transaction, tenantId: TenantId, seriesId: string): Promise<Booking[]> {
    return listBookings(transaction, tenantId, { seriesId }, null, null, MOST_IN_SERIES);
  }

  /**
   * Returns the standing booking that was made earlier in the same call: same service, start and person. Null
   * when there is none, and then no other transaction finds or makes one until this one has ended. Must
   * precede the lock of a resource.
   */
  async findSameInCall(transaction: Transaction, identity: BookingIdentity): Promise<Booking | null> {
    const { callId, serviceKey, startsAt, name } = identity;
    await lockName(transaction, `asked:${JSON.stringify([callId, serviceKey, startsAt.getTime()])}`);
    const found = await findInCall(transaction, identity);
    return found.find((booking) => isForSamePerson(booking, name)) ?? null;
  }

  /**
   * Moves a booking to the first resource that is free at the new time, chosen as in {@link book}. Two moves
   * hold rows of their own and never wait for a row while they hold a resource.
   * @returns `taken` when none of them is free, `not-booked` when there is no standing booking; nothing was
   * changed then
   */
  async move(transaction: Transaction, move: BookingMove): Promise<Booking | 'taken' | 'not-booked'> {
    const { tenantId, id } = move;
    const held = await transaction.findOne(BookingRow, {
      where: { tenantId, id, status: 'booked' },
      lock: { mode: 'pessimistic_write' },
    });
    if (!held) return 'not-booked';
    const isMoved = await takeFirstFree(transaction, { ...move, movedId: id }, async (resourceId) => {
      await moveBooking(transaction, move, resourceId);
      return true;
    });
    if (!isMoved) return 'taken';
    return (await this.withEvent(transaction, 'booking.moved', tenantId, id)) ?? 'not-booked';
  }

  /**
   * Cancels a booking or gives up a hold; a second time changes nothing. Null when the tenant has no such
   * booking.
   */
  async cancel(transaction: Transaction, tenantId: TenantId, id: string): Promise<Booking | null> {
    const { affected } = await transaction.update(
      BookingRow,
      { tenantId, id, status: 'booked' },
      { status: 'cancelled', cancelledAt: () => 'now()' },
    );
    if (affected) return this.withEvent(transaction, 'booking.cancelled', tenantId, id);
    await releaseHold(transaction, tenantId, id);
    return findBooking(transaction, tenantId, id);
  }

  /** Gives a hold up, unless it was confirmed or is over. */
  async release(transaction: Transaction, tenantId: TenantId, id: string): Promise<void> {
    await releaseHold(transaction, tenantId, id);
  }

  async find(tenantId: TenantId, id: string, transaction?: Transaction): Promise<Booking | null> {
    const read = (manager: EntityManager) => findBooking(manager, tenantId, id);
    return transaction ? read(transaction) : run(this.dataSource, tenantId, read);
  }

  /** Returns the standing bookings that were made in a call. */
  async ofCall(tenantId: TenantId, callId: CallId): Promise<BookingOfCall[]> {
    const found = await run(this.dataSource, tenantId, (manager) =>
      manager.find(BookingRow, {
        where: { tenantId, callId, status: 'booked' },
        order: { createdAt: 'ASC', id: 'ASC' },
      }),
    );
    return found.map(({ reference, toolCallId }) => ({ reference, toolCallId }));
  }

  /** Soonest first. @throws CursorMalformed */
  async list(tenantId: TenantId, filter: BookingFilter, page: PageRequest): Promise<Page<Booking>> {
    const start = startOf(page);
    const phones = filter.contactPhone ? writtenForms(filter.contactPhone) : null;
    const found = await run(this.dataSource, tenantId, (manager) =>
      listBookings(manager, tenantId, filter, phones, start, page.limit + 1),
    );
    return toPage(
      found,
      page.limit,
      ({ startsAt, id }) => ({ at: startsAt, id }),
      (booking) => booking,
    );
  }

  /** Writes what business systems and connected calendars are told, and returns the booking as it is now. */
  private async withEvent(
    transaction: Transaction,
    type: BookingEvent,
    tenantId: TenantId,
    id: string,
  ): Promise<Booking | null> {
    await wantEventsOfBooking(transaction, tenantId, id);
    const booking = await findBooking(transaction, tenantId, id);
    if (booking) await writeEvent(transaction, bookingEvent(type, tenantId, booking));
    return booking;
  }

  private async insert(
    transaction: Transaction,
    request: BookingRequest,
    resourceId: string,
    contactId: string | null,
  ): Promise<string> {
    for (let attempt = 0; attempt < REFERENCE_TRIES; attempt++) {
      const place = { resourceId, contactId, reference: newReference(attempt) };
      const id = await insertBooking(transaction, storable(request), place);
      if (id !== null) return id;
    }
    throw new DatabaseRefusal(SQL_STATE.uniqueViolation, 'bookings_reference_key', 'bookings');
  }
}
