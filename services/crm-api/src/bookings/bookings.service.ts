import { Injectable } from '@nestjs/common';
import {
  BookingRepository,
  type Booking,
  type Page,
  type Transaction,
  type WantedTime,
} from '@tandem/database';
import type { TenantId } from '@tandem/contracts';
import { type Principal, Problem } from '@tandem/platform';
import { AvailabilityService, isOutOfReach } from '../availability/availability.service.ts';
import {
  freeResources,
  checkSlot,
  type ServiceCalendar,
  type SlotCheck,
} from '../availability/slot-calendar.ts';
import { appointmentAt } from '../availability/working-day.ts';
import { toolCallIdOf } from '../http/tool-call-key.ts';
import { BookingMetrics } from './booking-metrics.ts';
import type { CreateBooking, ListBookings, MoveBooking } from './booking.dto.ts';

/** Books, moves, cancels and lists appointments. */
@Injectable()
export class BookingsService {
  constructor(
    private readonly bookings: BookingRepository,
    private readonly availability: AvailabilityService,
    private readonly metrics: BookingMetrics,
  ) {}

  /**
   * Books a suitable resource that is free, the one least booked that day first. A booking that the same call
   * asked for before, under any key, is returned as it is: models repeat a request they got no result for.
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
    const earlier = await this.findSameBooking(transaction, principal, asked, startsAt);
    if (earlier) return { booking: earlier, isNew: false };
    const load = () =>
      this.availability.calendar(
        principal.tenantId,
        { key: asked.service },
        { wanted: startsAt, now, zone: asked.zone === undefined ? undefined : { key: asked.zone } },
        { unknownServiceStatus: 422, transaction },
      );
    const calendar = await load();
    const booking = await this.bookings.book(transaction, {
      tenantId: principal.tenantId,
      serviceId: calendar.service.id,
      zoneId: calendar.zoneId ?? null,
      ...this.checkTime(calendar, startsAt, now),
      contactPhone: asked.contactPhone ?? null,
      name: asked.name ?? null,
      notes: asked.notes ?? '',
      callId: principal.callId,
      toolCallId: toolCallIdOf(principal, key),
    });
    if (!booking) throw this.refusal('slot-taken', await load(), startsAt, now);
    this.metrics.bookings.inc({ outcome: 'booked' });
    return { booking, isNew: true };
  }

  /**
   * Moves a booking to another time, with the same resource if it is free then.
   * @throws Problem 404; 409 `slot-taken`, `booking-cancelled`; 422 as {@link book}
   */
  async move(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    asked: MoveBooking,
    now: Date,
  ): Promise<Booking> {
    const booking = found(await this.bookings.find(tenantId, id, transaction));
    const startsAt = new Date(asked.start);
    const load = () =>
      this.availability.calendar(
        tenantId,
        { id: booking.serviceId },
        { wanted: startsAt, now, zone: booking.zoneId === null ? undefined : { id: booking.zoneId } },
        { unknownServiceStatus: 422, transaction },
      );
    const calendar = withoutBooking(await load(), booking);
    const time = this.checkTime(calendar, startsAt, now);
    const resourceIds = [...time.resourceIds].sort(
      (a, b) => Number(b === booking.resource.id) - Number(a === booking.resource.id),
    );
    const moved = await this.bookings.move(transaction, {
      tenantId,
      id,
      ...time,
      resourceIds,
    });
    if (moved === 'taken') throw this.refusal('slot-taken', await load(), startsAt, now);
    if (moved === 'not-booked')
      throw new Problem(
        409,
        'booking-cancelled',
        'The booking is cancelled',
        'A cancelled booking has no time that could be changed. Book anew.',
      );
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

  list(
    tenantId: TenantId,
    { limit, cursor, contactPhone, reference, status, from, until }: ListBookings,
  ): Promise<Page<Booking>> {
    const filter = {
      contactPhone,
      reference,
      status,
      from: from === undefined ? undefined : new Date(from),
      until: until === undefined ? undefined : new Date(until),
    };
    return this.bookings.list(tenantId, filter, { limit, cursor });
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

  /** Returns the appointment and the resources that are free. @throws Problem when none is */
  private checkTime(calendar: ServiceCalendar, startsAt: Date, now: Date): WantedTime {
    if (isOutOfReach(calendar)) throw this.refusal('zone-not-served', calendar, startsAt, now);
    const check = checkSlot(calendar, startsAt.getTime(), now.getTime());
    if (check !== 'bookable') throw this.refusal(check, calendar, startsAt, now);
    const candidates = freeResources(calendar, startsAt.getTime());
    if (candidates.length === 0) throw this.refusal('slot-taken', calendar, startsAt, now);
    const { endMs, occupiedFromMs, occupiedUntilMs } = appointmentAt(calendar.service, startsAt.getTime());
    return {
      resourceIds: candidates.map((resource) => resource.id),
      startsAt,
      endsAt: new Date(endMs),
      occupiedFrom: new Date(occupiedFromMs),
      occupiedUntil: new Date(occupiedUntilMs),
    };
  }

  private refusal(
    reason: Exclude<SlotCheck, 'bookable'> | 'slot-taken' | 'zone-not-served',
    calendar: ServiceCalendar,
    wanted: Date,
    now: Date,
  ): Problem {
    this.metrics.bookings.inc({ outcome: reason });
    const alternatives = this.availability.alternatives(calendar, wanted, now);
    return new Problem(reason === 'slot-taken' ? 409 : 422, reason, TITLES[reason], DETAILS[reason], {
      alternatives,
    });
  }
}

const TITLES = {
  'slot-taken': 'The time is taken',
  'in-the-past': 'The time is over',
  'too-soon': 'The time is too soon',
  'too-far-ahead': 'The time is too far ahead',
  'outside-hours': 'Nobody works then',
  'zone-not-served': 'Nobody goes there',
} as const;

const DETAILS = {
  'slot-taken':
    'Everyone who does this is booked then, or too shortly before or after it. Take one of the ' +
    'alternatives or ask for availability.',
  'in-the-past': 'Appointments start in the future. Take one of the alternatives or ask for availability.',
  'too-soon':
    'Appointments of this service are booked longer before they start. Take one of the alternatives or ' +
    'ask for availability.',
  'too-far-ahead': 'Appointments are not given that far ahead yet. Ask for an earlier day.',
  'outside-hours':
    'Nobody who does this works for the whole of that time. Take one of the alternatives or ask for ' +
    'availability.',
  'zone-not-served':
    'Nobody who does this goes to this zone. Offer another service, or list a resource for it.',
} as const;

/** Returns the calendar without the booking itself, which must not block its own move. */
function withoutBooking(calendar: ServiceCalendar, { resource, startsAt, status }: Booking): ServiceCalendar {
  const isOwn = (period: ServiceCalendar['busy'][number]) =>
    status === 'booked' && period.resourceId === resource.id && period.startMs === startsAt.getTime();
  return { ...calendar, busy: calendar.busy.filter((period) => !isOwn(period)) };
}

function found(booking: Booking | null): Booking {
  if (booking) return booking;
  throw new Problem(
    404,
    'booking-not-found',
    'No such booking',
    'There is no booking with this id. Ask for the list.',
  );
}
