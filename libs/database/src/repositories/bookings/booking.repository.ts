import { storableText, writtenForms, type CallId, type TenantId } from '@tandem/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { DatabaseRefusal, SQL_STATE, translate } from '../../connection/database-errors.ts';
import type { BookingStatus } from '../../entities/business.entities.ts';
import { positionOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { query, run, type Transaction } from '../../connection/unit-of-work.ts';
import { newReference, REFERENCE_TRIES } from './booking-reference.ts';
import type {
  Booking,
  BookingFilter,
  BookingIdentity,
  BookingMove,
  BookingOfCall,
  BookingRequest,
  WantedTime,
} from './booking.ts';
import { bookingEvent, type BookingEvent } from './booking-event.ts';
import { ContactRepository } from './contact.repository.ts';
import { writeEvent } from '../webhooks/outbox.ts';

interface BookingView {
  id: string;
  reference: string;
  status: BookingStatus;
  starts_at: Date;
  ends_at: Date;
  time_zone: string;
  service_key: string;
  service_name: string;
  resource_id: string;
  resource_name: string;
  contact_id: string | null;
  contact_phone: string | null;
  contact_name: string | null;
  name: string | null;
  notes: string;
  call_id: CallId | null;
  created_at: Date;
  cancelled_at: Date | null;
}

const VIEW = `
SELECT booking.id, booking.reference, booking.status, booking.starts_at, booking.ends_at, tenant.time_zone, service.key AS service_key, service.name AS service_name,
  resource.id AS resource_id, resource.name AS resource_name, contact.id AS contact_id, contact.phone AS contact_phone, contact.name AS contact_name,
  booking.name, booking.notes, booking.call_id, booking.created_at, booking.cancelled_at
FROM bookings booking
JOIN tenants tenant ON tenant.id = booking.tenant_id
JOIN services service ON service.id = booking.service_id
JOIN resources resource ON resource.id = booking.resource_id
LEFT JOIN contacts contact ON contact.id = booking.contact_id
WHERE booking.tenant_id = $1`;

/** Appointments. */
export class BookingRepository {
  private readonly contacts: ContactRepository;

  constructor(private readonly dataSource: DataSource) {
    this.contacts = new ContactRepository(dataSource);
  }

  /** Books the first of the resources that is free; null when none is, and then nothing was changed. */
  async book(transaction: Transaction, request: BookingRequest): Promise<Booking | null> {
    const { contactPhone, name, tenantId } = request;
    const id = await this.firstFree(transaction, request, async (resourceId) => {
      const contactId =
        contactPhone === null ? null : await this.contacts.ensure(transaction, tenantId, contactPhone, name);
      return this.insert(transaction, request, resourceId, contactId);
    });
    return id === null ? null : this.withEvent(transaction, 'booking.created', tenantId, id);
  }

  /**
   * The standing booking that was asked for in the same call before: same service, start and person. Null
   * when there is none, and then no other transaction finds or makes one until this one has ended. Must
   * precede the lock of a resource.
   */
  async findSameInCall(
    transaction: Transaction,
    { tenantId, callId, serviceKey, startsAt, name }: BookingIdentity,
  ): Promise<Booking | null> {
    const asked = JSON.stringify([callId, serviceKey, startsAt.getTime()]);
    await query(transaction, `SELECT pg_advisory_xact_lock(hashtextextended('asked:' || $1, 0))`, [asked]);
    // A statement of its own: its snapshot must be newer than the lock.
    const found = await query<BookingView>(
      transaction,
      `${VIEW} AND booking.call_id = $2 AND service.key = $3 AND booking.starts_at = $4 AND ` +
        `booking.status = 'booked' ORDER BY booking.created_at, booking.id`,
      [tenantId, callId, serviceKey, startsAt],
    );
    const same = found.find((booking) => isForSamePerson(booking, name));
    return same ? toBooking(same) : null;
  }

  /**
   * Moves a booking to the first of the resources that is free at the new time, as {@link book} takes one.
   * Two moves hold rows of their own and never wait for a row while they hold a resource.
   * @returns `taken` when none of them is free, `not-booked` when there is nothing to move; nothing was
   * changed then
   */
  async move(transaction: Transaction, move: BookingMove): Promise<Booking | 'taken' | 'not-booked'> {
    const held = await query(
      transaction,
      `SELECT 1 FROM bookings WHERE tenant_id = $1 AND id = $2 AND status = 'booked' FOR UPDATE`,
      [move.tenantId, move.id],
    );
    if (held.length === 0) return 'not-booked';
    const isMoved = await this.firstFree(transaction, move, async (resourceId) => {
      await query(
        transaction,
        'UPDATE bookings SET resource_id = $3, period = tstzrange($4::timestamptz, $5::timestamptz) ' +
          'WHERE tenant_id = $1 AND id = $2',
        [move.tenantId, move.id, resourceId, move.startsAt, move.endsAt],
      );
      return true;
    });
    if (!isMoved) return 'taken';
    return (await this.withEvent(transaction, 'booking.moved', move.tenantId, move.id)) ?? 'not-booked';
  }

  /** Cancels; cancelling twice is the same as once. Null when the tenant has no such booking. */
  async cancel(transaction: Transaction, tenantId: TenantId, id: string): Promise<Booking | null> {
    const cancelled = await query(
      transaction,
      `UPDATE bookings SET status = 'cancelled', cancelled_at = now() WHERE tenant_id = $1 AND id = $2 ` +
        `AND status = 'booked' RETURNING 1`,
      [tenantId, id],
    );
    return cancelled.length === 1
      ? this.withEvent(transaction, 'booking.cancelled', tenantId, id)
      : this.read(transaction, tenantId, id);
  }

  async find(tenantId: TenantId, id: string, transaction?: Transaction): Promise<Booking | null> {
    return transaction
      ? this.read(transaction, tenantId, id)
      : run(this.dataSource, (manager) => this.read(manager, tenantId, id));
  }

  /** What was booked in a call and stands. */
  async ofCall(tenantId: TenantId, callId: CallId): Promise<BookingOfCall[]> {
    return run(this.dataSource, (manager) =>
      query<BookingOfCall>(
        manager,
        'SELECT reference, tool_call_id AS "toolCallId" FROM bookings WHERE tenant_id = $1 AND call_id ' +
          "= $2 AND status = 'booked' ORDER BY created_at, id",
        [tenantId, callId],
      ),
    );
  }

  /** Soonest first. @throws CursorMalformed */
  async list(tenantId: TenantId, filter: BookingFilter, page: PageRequest): Promise<Page<Booking>> {
    const after = page.cursor === undefined ? null : positionOf(page.cursor);
    const parameters: unknown[] = [tenantId];
    const conditions: string[] = [];
    const where = (condition: (...places: string[]) => string, ...values: unknown[]) => {
      conditions.push(condition(...values.map((value) => `$${parameters.push(value)}`)));
    };
    if (filter.contactPhone)
      where((phones) => `contact.phone = ANY(${phones}::text[])`, writtenForms(filter.contactPhone));
    if (filter.status) where((status) => `booking.status = ${status}`, filter.status);
    if (filter.from) where((from) => `booking.starts_at >= ${from}`, filter.from);
    if (filter.until) where((until) => `booking.starts_at < ${until}`, filter.until);
    if (after) where((at, id) => `(booking.starts_at, booking.id) > (${at}, ${id})`, after.at, after.id);
    const narrowed = conditions.map((condition) => ` AND ${condition}`).join('');
    const sql =
      `${VIEW}${narrowed} ORDER BY booking.starts_at, ` +
      `booking.id LIMIT $${parameters.push(page.limit + 1)}`;
    const found = await run(this.dataSource, (manager) => query<BookingView>(manager, sql, parameters));
    return toPage(found, page.limit, (row) => ({ at: row.starts_at, id: row.id }), toBooking);
  }

  /** The booking as it is now, told to the business systems that want to know. */
  private async withEvent(
    transaction: Transaction,
    type: BookingEvent,
    tenantId: TenantId,
    id: string,
  ): Promise<Booking | null> {
    const booking = await this.read(transaction, tenantId, id);
    if (booking) await writeEvent(transaction, bookingEvent(type, tenantId, booking));
    return booking;
  }

  private async read(manager: EntityManager, tenantId: TenantId, id: string): Promise<Booking | null> {
    const [row] = await query<BookingView>(manager, `${VIEW} AND booking.id = $2`, [tenantId, id]);
    return row ? toBooking(row) : null;
  }

  /**
   * Lets `take` have the first resource that is free; null when none is.
   *
   * One resource at a time is locked, looked at and taken or let go, so two bookings never hold what the
   * other wants: a lock taken after a savepoint is released by rolling back to it. The winner's lock stays
   * until the transaction ends, so the next one sees its booking. The exclusion constraint stands behind all
   * this; it alone answers contention with deadlocks.
   */
  private async firstFree<Taken>(
    transaction: Transaction,
    wanted: WantedTime,
    take: (resourceId: string) => Promise<Taken>,
  ): Promise<Taken | null> {
    for (const resourceId of wanted.resourceIds) {
      await query(transaction, 'SAVEPOINT resource');
      const taken = await this.takeIfFree(transaction, wanted, resourceId, take);
      await query(
        transaction,
        taken === null ? 'ROLLBACK TO SAVEPOINT resource' : 'RELEASE SAVEPOINT resource',
      );
      if (taken !== null) return taken;
    }
    return null;
  }

  private async takeIfFree<Taken>(
    transaction: Transaction,
    { startsAt, endsAt, id }: WantedTime,
    resourceId: string,
    take: (resourceId: string) => Promise<Taken>,
  ): Promise<Taken | null> {
    await query(transaction, `SELECT pg_advisory_xact_lock(hashtextextended('booking:' || $1, 0))`, [
      resourceId,
    ]);
    // A statement of its own: its snapshot must be newer than the lock.
    const busy = await query(
      transaction,
      `SELECT 1 FROM bookings WHERE resource_id = $1 AND status = 'booked' AND period && ` +
        'tstzrange($2::timestamptz, $3::timestamptz) AND id IS DISTINCT FROM $4 LIMIT 1',
      [resourceId, startsAt, endsAt, id ?? null],
    );
    if (busy.length > 0) return null;
    try {
      return await take(resourceId);
    } catch (error) {
      // Someone booked without the lock, from a console say. The constraint has the last word.
      const meaning = translate(error);
      if (meaning instanceof DatabaseRefusal && meaning.sqlState === SQL_STATE.exclusionViolation)
        return null;
      throw error;
    }
  }

  private async insert(
    transaction: Transaction,
    request: BookingRequest,
    resourceId: string,
    contactId: string | null,
  ): Promise<string> {
    for (let attempt = 0; attempt < REFERENCE_TRIES; attempt++) {
      const [booking] = await query<{ id: string }>(
        transaction,
        `INSERT INTO bookings (tenant_id, resource_id, service_id, contact_id, period, reference, name, notes, call_id, tool_call_id)
         VALUES ($1, $2, $3, $4, tstzrange($5::timestamptz, $6::timestamptz), $7, $8, $9, $10, $11)
         ON CONFLICT (tenant_id, reference) DO NOTHING RETURNING id`,
        [
          request.tenantId,
          resourceId,
          request.serviceId,
          contactId,
          request.startsAt,
          request.endsAt,
          newReference(attempt),
          request.name === null ? null : storableText(request.name),
          storableText(request.notes),
          request.callId,
          request.toolCallId,
        ],
      );
      if (booking) return booking.id;
    }
    throw new DatabaseRefusal(SQL_STATE.uniqueViolation, 'bookings_reference_key', 'bookings');
  }
}

/** A booking without a name is for the caller, whose name their contact has. */
function isForSamePerson(
  { name: bookedFor, contact_name: caller }: BookingView,
  name: string | null,
): boolean {
  return spelling(bookedFor ?? caller) === spelling(name ?? caller);
}

const spelling = (name: string | null): string =>
  (name ?? '').normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase();

function toBooking(row: BookingView): Booking {
  return {
    id: row.id,
    reference: row.reference,
    status: row.status,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    timeZone: row.time_zone,
    service: { key: row.service_key, name: row.service_name },
    resource: { id: row.resource_id, name: row.resource_name },
    contact:
      row.contact_id === null || row.contact_phone === null
        ? null
        : { id: row.contact_id, phone: row.contact_phone, name: row.contact_name },
    name: row.name,
    notes: row.notes,
    callId: row.call_id,
    createdAt: row.created_at,
    cancelledAt: row.cancelled_at,
  };
}
