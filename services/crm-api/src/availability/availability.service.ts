import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { CalendarRepository, type Calendar, type Transaction } from '@tandem/database';
import { Problem, tenantNotFound } from '@tandem/platform';
import { localIso } from '../http/fields.ts';
import type { AvailabilityDto, AvailabilityQuery, SlotDto } from './availability.dto.ts';
import {
  bookableDates,
  earliestStart,
  lastBookableDate,
  localDate,
  nearestSlots,
  slotsOfDay,
  type ServiceCalendar,
  type Slot,
} from './slot-calendar.ts';

/** Days searched for an alternative, the wanted day included. */
const DAYS_AHEAD = 8;
/** Alternatives offered: a caller remembers about three. */
const ALTERNATIVES = 3;

type Unavailable = NonNullable<AvailabilityDto['unavailable']>;

/** Finds free appointments. */
@Injectable()
export class AvailabilityService {
  constructor(private readonly calendars: CalendarRepository) {}

  async ofDay(tenantId: TenantId, query: AvailabilityQuery, now: Date): Promise<AvailabilityDto> {
    const calendar = await this.calendar(
      tenantId,
      query.service,
      { wanted: new Date(`${query.date}T00:00:00Z`), now },
      { unknownServiceStatus: 404 },
    );
    const { key, name, durationMinutes } = calendar.service;
    const isBookable = query.date <= lastBookableDate(calendar, now.getTime());
    const slots = isBookable ? slotsOfDay(calendar, query.date, now.getTime(), query.partOfDay) : [];
    return {
      service: { key, name, durationMinutes },
      date: query.date,
      timeZone: calendar.timeZone,
      slots: slots.map((slot) => toSlotDto(slot, calendar)),
      unavailable: slots.length > 0 ? null : unavailableReason(calendar, query, now.getTime()),
    };
  }

  /**
   * Returns the calendar around a wanted time, or around now if that is later: wide enough for alternatives
   * in any time zone.
   * @throws Problem `unknown-service` with the services there are
   */
  async calendar(
    tenantId: TenantId,
    serviceKey: string,
    around: { wanted: Date; now: Date },
    options: { unknownServiceStatus: 404 | 422; transaction?: Transaction },
  ): Promise<ServiceCalendar> {
    const calendar = await this.calendars.load(
      tenantId,
      serviceKey,
      { ...around, daysBefore: 2, daysAfter: DAYS_AHEAD + 3 },
      options.transaction,
    );
    if (!calendar) throw tenantNotFound();
    if (hasService(calendar)) return calendar;
    throw new Problem(
      options.unknownServiceStatus,
      'unknown-service',
      'No such service',
      `There is no such service here. The services are: ${calendar.serviceKeys.join(', ')}.`,
      { services: calendar.serviceKeys },
    );
  }

  /** Returns free appointments to offer in place of a time that is not available. */
  alternatives(calendar: ServiceCalendar, wanted: Date, now: Date): SlotDto[] {
    return nearestSlots(calendar, wanted.getTime(), now.getTime(), {
      days: DAYS_AHEAD,
      count: ALTERNATIVES,
    }).map((slot) => toSlotDto(slot, calendar));
  }
}

const hasService = (calendar: Calendar): calendar is ServiceCalendar => calendar.service !== null;

function toSlotDto(slot: Slot, calendar: Calendar): SlotDto {
  return {
    start: localIso(slot.startMs, calendar.timeZone),
    end: localIso(slot.endMs, calendar.timeZone),
    resource: slot.resource,
  };
}

function unavailableReason(calendar: ServiceCalendar, query: AvailabilityQuery, nowMs: number): Unavailable {
  const today = localDate(calendar, nowMs);
  if (query.date > lastBookableDate(calendar, nowMs)) {
    return {
      code: 'too-far-ahead',
      detail: `Appointments are given up to ${calendar.horizonDays} days ahead.`,
      nextDate: null,
    };
  }
  const nextDate = nextFreeDate(calendar, query.date, nowMs);
  if (query.date < today) return { code: 'in-the-past', detail: 'That day is over.', nextDate };
  const closed = calendar.closedDates.find((day) => day.date === query.date);
  if (closed) return { code: 'closed', detail: `No appointments that day: ${closed.name}.`, nextDate };
  const isWorked =
    slotsOfDay({ ...calendar, busy: [] }, query.date, Number.NEGATIVE_INFINITY, query.partOfDay).length > 0;
  const day = query.partOfDay === 'any' ? 'day' : query.partOfDay;
  if (!isWorked) return { code: 'no-hours', detail: `Nobody who does this works that ${day}.`, nextDate };
  const withoutNotice = { ...calendar, service: { ...calendar.service, noticeMinutes: 0 } };
  if (slotsOfDay(withoutNotice, query.date, nowMs, query.partOfDay).length > 0) {
    return {
      code: 'too-soon',
      detail:
        `Appointments are booked at least ${durationWords(calendar.service.noticeMinutes)} before they ` +
        'start.',
      nextDate,
    };
  }
  return { code: 'fully-booked', detail: `Everything is booked or over that ${day}.`, nextDate };
}

/** Returns a duration in words: 90 is "90 minutes", 120 "2 hours", 1440 "1 day". */
function durationWords(minutes: number): string {
  const [count, unit] =
    minutes % 1_440 === 0
      ? [minutes / 1_440, 'day']
      : minutes % 60 === 0
        ? [minutes / 60, 'hour']
        : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function nextFreeDate(calendar: ServiceCalendar, after: string, nowMs: number): string | null {
  const fromMs = Math.max(Date.parse(`${after}T12:00:00Z`), earliestStart(calendar, nowMs));
  return (
    bookableDates(calendar, fromMs, nowMs, DAYS_AHEAD).find(
      (date) => date > after && slotsOfDay(calendar, date, nowMs).length > 0,
    ) ?? null
  );
}
