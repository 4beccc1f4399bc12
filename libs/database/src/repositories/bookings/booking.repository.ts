import { writtenForms, type CallId, type TenantId } from '@tandem/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { DatabaseRefusal, SQL_STATE } from '../../connection/database-errors.ts';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
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
import { wantEventsOfBooking } from '../../queries/calendars/wanted-events.ts';
import { lockName } from '../../queries/locks.ts';
import { startOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { writeEvent } from '../webhooks/outbox.ts';
import { bookingEvent, type BookingEvent } from './booking-event.ts';
import { newReference, REFERENCE_TRIES } from './booking-reference.ts';
import { ContactRepository } from '../contacts/contact.repository.ts';
import { takeFirstFree } from './free-resource.ts';
import { isForSamePerson } from './same-person.ts';

/** Stored appointments. */
export class BookingRepository {
  private readonly contacts: ContactRepository;

  constructor(private readonly dataSource: DataSource) {
    this.contacts = new ContactRepository(dataSource);
  }

  /** Books the first free resource. Null when none is free; nothing was changed then. */
  async book(transaction: Transaction, request: BookingRequest): Promise<Booking | null> {
    const { contactPhone, name, tenantId } = request;
    const id = await takeFirstFree(transaction, request, async (resourceId) => {
      const contactId =
        contactPhone === null ? null : await this.contacts.ensure(transaction, tenantId, contactPhone, name);
      return this.insert(transaction, request, resourceId, contactId);
    });
    return id === null ? null : this.withEvent(transaction, 'booking.created', tenantId, id);
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

  /** Cancels a booking; a second time changes nothing. Null when the tenant has no such booking. */
  async cancel(transaction: Transaction, tenantId: TenantId, id: string): Promise<Booking | null> {
    const { affected } = await transaction.update(
      BookingRow,
      { tenantId, id, status: 'booked' },
      { status: 'cancelled', cancelledAt: () => 'now()' },
    );
    return affected
      ? this.withEvent(transaction, 'booking.cancelled', tenantId, id)
      : findBooking(transaction, tenantId, id);
  }

  async find(tenantId: TenantId, id: string, transaction?: Transaction): Promise<Booking | null> {
    const read = (manager: EntityManager) => findBooking(manager, tenantId, id);
    return transaction ? read(transaction) : run(this.dataSource, read);
  }

  /** Returns the standing bookings that were made in a call. */
  async ofCall(tenantId: TenantId, callId: CallId): Promise<BookingOfCall[]> {
    const found = await run(this.dataSource, (manager) =>
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
    const found = await run(this.dataSource, (manager) =>
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
