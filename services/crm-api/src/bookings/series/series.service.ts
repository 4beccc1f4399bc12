import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { TenantId } from '@tandem/contracts';
import {
  BookingRepository,
  MOST_IN_SERIES,
  type Booking,
  type BookingRequest,
  type Transaction,
  type WantedTime,
} from '@tandem/database';
import { Problem, type Principal } from '@tandem/platform';
import type { ServiceCalendar } from '../../availability/slot-calendar.ts';
import { toolCallIdOf } from '../../http/tool-call-key.ts';
import { BookingMetrics } from '../booking-metrics.ts';
import { found, notMovable } from '../booking-problems.ts';
import {
  BookingTimes,
  serviceOf,
  withoutHorizon,
  zoneAsked,
  type TimeRefusal,
  type WantedService,
} from '../booking-times.ts';
import type { CreateBooking } from '../booking.dto.ts';
import { ownFirst, withoutBooking } from '../bookings.service.ts';
import { movedAlike, occurrencesOf, type Repeat } from './occurrences.ts';
import { toSkippedDto, type Series, type SkippedTime } from './series.dto.ts';

/** The latest appointment of a series after its first. */
const LONGEST_MS = 3 * 366 * 86_400_000;

type Repeated = CreateBooking & { readonly repeat: Repeat };

/** Books series of appointments, and moves or cancels the rest of one. */
@Injectable()
export class SeriesService {
  constructor(
    private readonly bookings: BookingRepository,
    private readonly times: BookingTimes,
    private readonly metrics: BookingMetrics,
  ) {}

  /**
   * Books every appointment of a series, or none; those that are free, with `skipUnavailable`. The horizon
   * of the business counts for the first one alone.
   * @throws Problem 409 `slot-taken` and 422 as for one booking, when none is free; 409
   * `series-unavailable`; 422 `series-too-long`
   */
  async book(
    transaction: Transaction,
    principal: Principal,
    key: string,
    asked: Repeated,
    now: Date,
  ): Promise<Series> {
    const { tenantId } = principal;
    const first = new Date(asked.start);
    const earlier = await this.sameInCall(transaction, principal, asked, first);
    if (earlier) return earlier;
    const service = { key: asked.service, ...zoneAsked(asked) };
    const calendar = await this.times.calendar(transaction, tenantId, service, first, now);
    const starts = startsOf(first, asked.repeat, calendar.timeZone);
    const isBookable = this.times.find(calendar, first, now);
    if (isBookable === 'too-far-ahead') throw this.times.refusal(isBookable, calendar, first, now);
    await this.bookings.keepResources(
      transaction,
      calendar.resources.map(({ id }) => id),
    );
    const request = {
      tenantId,
      serviceId: calendar.service.id,
      zoneId: calendar.zoneId ?? null,
      contactPhone: asked.contactPhone ?? null,
      name: asked.name ?? null,
      notes: asked.notes ?? '',
      callId: principal.callId,
      toolCallId: toolCallIdOf(principal, key),
      seriesId: randomUUID(),
    };
    const { bookings, skipped } = await this.bookAll(transaction, request, starts, calendar.timeZone, now);
    const [made] = bookings;
    const [missed] = skipped;
    if (!made) throw this.times.refusal(missed?.code ?? 'slot-taken', calendar, first, now);
    if (missed && !asked.skipUnavailable) throw unavailable(skipped);
    this.metrics.bookings.inc({ outcome: 'booked' }, bookings.length);
    return { first: made, bookings, skipped, isNew: true };
  }

  /** Books what is free of the times; the tool call is that of the first booking. */
  private async bookAll(
    transaction: Transaction,
    { toolCallId, ...request }: Omit<BookingRequest, keyof WantedTime>,
    starts: readonly Date[],
    timeZone: string,
    now: Date,
  ): Promise<{ bookings: Booking[]; skipped: SkippedTime[] }> {
    const bookings: Booking[] = [];
    const skipped: SkippedTime[] = [];
    const service = serviceOf({ zoneId: null, ...request });
    for (const startsAt of starts) {
      const time = await this.findTime(transaction, request.tenantId, service, startsAt, now);
      const wanted = { ...request, toolCallId: bookings.length === 0 ? toolCallId : null };
      const booking =
        typeof time === 'string' ? null : await this.bookings.book(transaction, { ...wanted, ...time });
      if (booking) bookings.push(booking);
      else skipped.push({ startsAt, timeZone, code: typeof time === 'string' ? time : 'slot-taken' });
    }
    return { bookings, skipped };
  }

  /**
   * Moves a booking and all that follow it in its series by as much of the local clock, or none of them.
   * @returns the booking
   * @throws Problem 404; 409 `series-unavailable`, `booking-cancelled`; 422 `not-a-series`
   */
  async moveFollowing(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    start: string,
    now: Date,
  ): Promise<Booking> {
    const following = await this.following(transaction, tenantId, id);
    const [first] = following;
    if (!first) throw notMovable(found(await this.bookings.find(tenantId, id, transaction)));
    const toMs = Date.parse(start);
    const moves = following.map((booking) => ({
      booking,
      startsAt: new Date(
        booking === first
          ? toMs
          : movedAlike(booking.startsAt.getTime(), first.startsAt.getTime(), toMs, booking.timeZone),
      ),
    }));
    const calendar = await this.times.calendar(transaction, tenantId, serviceOf(first), new Date(toMs), now);
    await this.bookings.keepResources(transaction, [
      ...calendar.resources.map((resource) => resource.id),
      ...following.map(({ resource }) => resource.id),
    ]);
    // The one that goes furthest leaves its time to the next.
    if (toMs > first.startsAt.getTime()) moves.reverse();
    const skipped: SkippedTime[] = [];
    for (const { booking, startsAt } of moves) {
      const refusal = await this.moveOne(transaction, tenantId, booking, startsAt, now);
      if (refusal) skipped.push({ startsAt, timeZone: booking.timeZone, code: refusal });
    }
    if (skipped.length > 0) throw unavailable(skipped);
    this.metrics.bookings.inc({ outcome: 'moved' }, moves.length);
    return found(await this.bookings.find(tenantId, id, transaction));
  }

  /** Cancels a booking and all that follow it in its series. @throws Problem 404; 422 `not-a-series` */
  async cancelFollowing(transaction: Transaction, tenantId: TenantId, id: string): Promise<Booking> {
    for (const booking of await this.following(transaction, tenantId, id))
      await this.bookings.cancel(transaction, tenantId, booking.id);
    return found(await this.bookings.find(tenantId, id, transaction));
  }

  private async sameInCall(
    transaction: Transaction,
    { tenantId, callId }: Principal,
    asked: Repeated,
    startsAt: Date,
  ): Promise<Series | null> {
    if (callId === null) return null;
    const same = { tenantId, callId, serviceKey: asked.service, startsAt, name: asked.name ?? null };
    const earlier = await this.bookings.findSameInCall(transaction, same);
    if (!earlier) return null;
    this.metrics.bookings.inc({ outcome: 'asked-again' });
    const { seriesId } = earlier;
    const bookings = seriesId === null ? [earlier] : this.bookings.ofSeries(transaction, tenantId, seriesId);
    return { first: earlier, bookings: await bookings, skipped: [], isNew: false };
  }

  /** Returns the standing bookings of a series from one on, it first; none when it is cancelled. */
  private async following(transaction: Transaction, tenantId: TenantId, id: string): Promise<Booking[]> {
    const booking = found(await this.bookings.find(tenantId, id, transaction));
    const { seriesId, startsAt, status } = booking;
    if (seriesId === null)
      throw new Problem(
        422,
        'not-a-series',
        'The booking belongs to no series',
        'Only bookings with a `seriesId` have others that follow. Leave `scope` out.',
      );
    if (status !== 'booked') return [];
    const all = await this.bookings.followingInSeries(transaction, tenantId, seriesId, startsAt);
    return [...all].sort((a, b) => Number(b.id === id) - Number(a.id === id));
  }

  private async moveOne(
    transaction: Transaction,
    tenantId: TenantId,
    booking: Booking,
    startsAt: Date,
    now: Date,
  ): Promise<TimeRefusal | null> {
    const time = await this.findTime(transaction, tenantId, serviceOf(booking), startsAt, now, (calendar) =>
      withoutBooking(calendar, booking),
    );
    if (typeof time === 'string') return time;
    const resourceIds = ownFirst(time.resourceIds, booking);
    const moved = await this.bookings.move(transaction, { tenantId, id: booking.id, ...time, resourceIds });
    return typeof moved === 'string' ? 'slot-taken' : null;
  }

  private async findTime(
    transaction: Transaction,
    tenantId: TenantId,
    service: WantedService,
    startsAt: Date,
    now: Date,
    change = (calendar: ServiceCalendar) => calendar,
  ): Promise<WantedTime | TimeRefusal> {
    const calendar = await this.times.calendar(transaction, tenantId, service, startsAt, now);
    return this.times.find(withoutHorizon(change(calendar)), startsAt, now);
  }
}

/** @throws Problem 422 `series-too-long` */
function startsOf(first: Date, repeat: Repeat, timeZone: string): Date[] {
  const starts = occurrencesOf(first.getTime(), repeat, timeZone, MOST_IN_SERIES + 1);
  const last = starts.at(-1) ?? 0;
  if (starts.length <= MOST_IN_SERIES && last - first.getTime() <= LONGEST_MS)
    return starts.map((ms) => new Date(ms));
  throw new Problem(
    422,
    'series-too-long',
    'The series is too long',
    `A series has ${MOST_IN_SERIES} appointments at most, the last one within three years. Shorten it.`,
  );
}

function unavailable(skipped: readonly SkippedTime[]): Problem {
  return new Problem(
    409,
    'series-unavailable',
    'Some of the times are not available',
    'Nothing was changed. `unavailable` lists these times; choose another start, or book the others with ' +
      '`skipUnavailable`.',
    { unavailable: skipped.map(toSkippedDto) },
  );
}
