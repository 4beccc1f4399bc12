import { Injectable } from '@nestjs/common';
import {
  BookingRepository,
  type Booking,
  type BookingNotice,
  BookingNoticeRepository,
  type Page,
  type Transaction,
} from '@tandem/database';
import type { TenantId } from '@tandem/contracts';
import type { Principal } from '@tandem/platform';
import type { ServiceCalendar } from '../availability/slot-calendar.ts';
import { toolCallIdOf } from '../http/tool-call-key.ts';
import { BookingMetrics } from './booking-metrics.ts';
import { bookingCancelled, found, holdExpired, notMovable } from './booking-problems.ts';
import { BookingTimes, serviceOf, zoneAsked } from './booking-times.ts';
import type { CreateBooking, ListBookings, MoveBooking } from './booking.dto.ts';

/** Books, holds, confirms, moves, cancels and lists appointments. */
@Injectable()
export class BookingsService {
  constructor(
    private readonly bookings: BookingRepository,
    private readonly notices: BookingNoticeRepository,
    private readonly times: BookingTimes,
    private readonly metrics: BookingMetrics,
  ) {}

  /**
   * Books or holds a suitable resource that is free, the one least booked that day first. A booking that the
   * same call asked for before, under any key, is returned as it is: models repeat a request they got no
   * result for. One that the call holds and now books is confirmed. A call holds one time: a new hold gives
   * up the one before.
   * @param key the request's Idempotency-Key; that of a service is the id of the tool call
   * @throws Problem 409 `slot-taken`; 422 `unknown-service`, `in-the-past`, `too-soon`, `too-far-ahead`,
   * `outside-hours`, `unknown-zone`, `zone-not-served`
   */
  async book(
    transaction: Transaction,
    principal: Principal,
    key: string,
    asked: CreateBooking,
    now: Date,
  ): Promise<{ booking: Booking; isNew: boolean }> {
    const startsAt = new Date(asked.start);
    const { tenantId, callId } = principal;
    const earlier = await this.askedBefore(transaction, principal, asked, startsAt);
    if (earlier) return { booking: earlier, isNew: false };
    if (asked.hold && callId !== null) await this.bookings.releaseInCall(transaction, tenantId, callId);
    const wanted = { key: asked.service, ...zoneAsked(asked) };
    const load = () => this.times.calendar(transaction, tenantId, wanted, startsAt, now);
    const calendar = await load();
    const booking = await this.bookings.book(transaction, {
      tenantId,
      serviceId: calendar.service.id,
      zoneId: calendar.zoneId ?? null,
      ...this.times.check(calendar, startsAt, now),
      contactPhone: asked.contactPhone ?? null,
      name: asked.name ?? null,
      notes: asked.notes ?? '',
      callId,
      toolCallId: toolCallIdOf(principal, key),
      holdSeconds: asked.hold?.seconds ?? null,
    });
    if (!booking) throw this.times.refusal('slot-taken', await load(), startsAt, now);
    this.metrics.bookings.inc({ outcome: booking.status });
    return { booking, isNew: true };
  }

  /** Books what is held; a booking stays as it is. @throws Problem 404; 409 `booking-cancelled`; 410 */
  async confirm(transaction: Transaction, tenantId: TenantId, id: string): Promise<Booking> {
    const confirmed = await this.bookings.confirm(transaction, tenantId, id);
    if (confirmed === 'expired') throw holdExpired();
    if (confirmed === 'cancelled') throw bookingCancelled();
    const booking = found(confirmed);
    this.metrics.bookings.inc({ outcome: 'confirmed' });
    return booking;
  }

  /**
   * Moves a booking to another time, with the same resource if it is free then.
   * @throws Problem 404; 409 `slot-taken`, `booking-cancelled`, `booking-not-confirmed`; 410 `hold-expired`;
   * 422 as {@link book}
   */
  async move(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    asked: Pick<MoveBooking, 'start'>,
    now: Date,
  ): Promise<Booking> {
    const booking = found(await this.bookings.find(tenantId, id, transaction));
    if (booking.status !== 'booked') throw notMovable(booking);
    const startsAt = new Date(asked.start);
    const wanted = serviceOf(booking);
    const load = () => this.times.calendar(transaction, tenantId, wanted, startsAt, now);
    const calendar = withoutBooking(await load(), booking);
    const time = this.times.check(calendar, startsAt, now);
    const moved = await this.bookings.move(transaction, {
      tenantId,
      id,
      ...time,
      resourceIds: ownFirst(time.resourceIds, booking),
    });
    if (moved === 'taken') throw this.times.refusal('slot-taken', await load(), startsAt, now);
    if (moved === 'not-booked') throw notMovable(found(await this.bookings.find(tenantId, id, transaction)));
    this.metrics.bookings.inc({ outcome: 'moved' });
    return moved;
  }

  /** @throws Problem 404 */
  async cancel(transaction: Transaction, tenantId: TenantId, id: string): Promise<Booking> {
    return found(await this.bookings.cancel(transaction, tenantId, id));
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<Booking> {
    return found(await this.bookings.find(tenantId, id));
  }

  /** Returns the confirmations and reminders of a booking. @throws Problem 404 */
  async noticesOf(tenantId: TenantId, id: string): Promise<BookingNotice[]> {
    found(await this.bookings.find(tenantId, id));
    return this.notices.ofBooking(tenantId, id);
  }

  list(tenantId: TenantId, { limit, cursor, from, until, ...filter }: ListBookings): Promise<Page<Booking>> {
    const span = {
      from: from === undefined ? undefined : new Date(from),
      until: until === undefined ? undefined : new Date(until),
    };
    return this.bookings.list(tenantId, { ...filter, ...span }, { limit, cursor });
  }

  /** Returns the booking that the same call asked for before; a hold that is now booked is confirmed. */
  private async askedBefore(
    transaction: Transaction,
    principal: Principal,
    asked: CreateBooking,
    startsAt: Date,
  ): Promise<Booking | null> {
    const earlier = await this.findSameBooking(transaction, principal, asked, startsAt);
    if (earlier?.status !== 'held' || asked.hold) return earlier;
    return this.confirm(transaction, principal.tenantId, earlier.id);
  }

  private async findSameBooking(
    transaction: Transaction,
    { tenantId, callId }: Principal,
    asked: CreateBooking,
    startsAt: Date,
  ): Promise<Booking | null> {
    if (callId === null) return null;
    const booking = await this.bookings.findSameInCall(transaction, {
      tenantId,
      callId,
      serviceKey: asked.service,
      startsAt,
      name: asked.name ?? null,
    });
    if (booking) this.metrics.bookings.inc({ outcome: 'asked-again' });
    return booking;
  }
}

/** Returns the resources that are free, that of the booking first. */
export const ownFirst = (resourceIds: readonly string[], { resource }: Booking): string[] =>
  [...resourceIds].sort((a, b) => Number(b === resource.id) - Number(a === resource.id));

/** Returns the calendar without the booking itself, which must not block its own move. */
export function withoutBooking(calendar: ServiceCalendar, { resource, startsAt }: Booking): ServiceCalendar {
  const isOwn = (period: ServiceCalendar['busy'][number]) =>
    period.resourceId === resource.id && period.startMs === startsAt.getTime();
  return { ...calendar, busy: calendar.busy.filter((period) => !isOwn(period)) };
}
