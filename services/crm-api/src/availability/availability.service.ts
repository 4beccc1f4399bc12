import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  CalendarRepository,
  type Calendar,
  type CalendarStretch,
  type ServiceName,
  type Transaction,
  ZoneRepository,
} from '@tandem/database';
import { Problem, tenantNotFound } from '@tandem/platform';
import { unknownService } from '../catalogue/unknown-service.ts';
import { unknownZone } from '../zones/unknown-zone.ts';
import { localIso } from '../http/fields.ts';
import type { AvailabilityDto, AvailabilityQuery, Reason, SlotDto } from './availability.dto.ts';
import { DAY_MS, laterDate } from './local-day.ts';
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

/** Finds free appointments. */
@Injectable()
export class AvailabilityService {
  constructor(
    private readonly calendars: CalendarRepository,
    private readonly zones: ZoneRepository,
  ) {}

  /** @throws Problem 404 `unknown-service`, `unknown-resource`, `unknown-zone` */
  async find(tenantId: TenantId, query: AvailabilityQuery, now: Date): Promise<AvailabilityDto> {
    const dates = datesOf(query);
    const all = await this.calendar(
      tenantId,
      { key: query.service },
      {
        wanted: new Date(`${query.date}T00:00:00Z`),
        now,
        days: dates.length,
        zone: query.zone === undefined ? undefined : { key: query.zone },
      },
      { unknownServiceStatus: 404 },
    );
    const calendar = query.resource === undefined ? all : ofResource(all, query.resource);
    const days = dates.map((date) => {
      const slots = freeSlots(calendar, { ...query, date }, now.getTime());
      const unavailable = slots.length > 0 ? null : reasonFor(calendar, { ...query, date }, now.getTime());
      return { date, slots, unavailable };
    });
    const slots = days.flatMap((day) => day.slots);
    const { key, name, durationMinutes } = calendar.service;
    const to = dates.at(-1) ?? query.date;
    const [first] = days;
    return {
      service: { key, name, durationMinutes },
      date: query.date,
      to,
      timeZone: calendar.timeZone,
      slots: slots.map((slot) => toSlotDto(slot, calendar)),
      days: days.map(({ slots: { length: slotCount }, ...day }) => ({ ...day, slotCount })),
      unavailable:
        slots.length > 0 || !first?.unavailable
          ? null
          : { ...first.unavailable, nextDate: nextFreeDate(calendar, first.unavailable, to, now.getTime()) },
    };
  }

  /**
   * Returns the calendar around a wanted time, or around now if that is later: wide enough for alternatives
   * in any time zone.
   * @param around the days are those from the wanted time on that are asked for, 1 unless given
   * @throws Problem `unknown-service` with the services there are, `unknown-zone` with the zones; not for the
   * id of a zone, which may be deleted
   */
  async calendar(
    tenantId: TenantId,
    service: ServiceName,
    around: Pick<CalendarStretch, 'wanted' | 'now' | 'zone'> & { readonly days?: number },
    options: { unknownServiceStatus: 404 | 422; transaction?: Transaction },
  ): Promise<ServiceCalendar> {
    const calendar = await this.calendars.load(
      tenantId,
      service,
      { ...around, daysBefore: 2, daysAfter: (around.days ?? 1) + DAYS_AHEAD + 2 },
      options.transaction,
    );
    if (!calendar) throw tenantNotFound();
    if (!hasService(calendar)) throw unknownService(options.unknownServiceStatus, calendar.serviceKeys);
    if (!around.zone || 'id' in around.zone || calendar.zoneId) return calendar;
    throw unknownZone(options.unknownServiceStatus, await this.zones.keys(tenantId, options.transaction));
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

/** Returns the local dates asked for. */
function datesOf({ date, days = 1, to }: AvailabilityQuery): string[] {
  const count = to === undefined ? days : (Date.parse(to) - Date.parse(date)) / DAY_MS + 1;
  return Array.from({ length: count }, (_, index) => laterDate(date, index));
}

/** Returns the calendar of one resource alone. @throws Problem 404 `unknown-resource` */
function ofResource(calendar: ServiceCalendar, id: string): ServiceCalendar {
  const resources = calendar.resources.filter((resource) => resource.id === id);
  if (resources.length > 0) return { ...calendar, resources };
  throw new Problem(
    404,
    'unknown-resource',
    'No such resource',
    'No resource with this id does this service. Take one of `resources`, or leave the resource out.',
    { resources: calendar.resources.map(({ id: ableId, name }) => ({ id: ableId, name })) },
  );
}

/** Returns the free appointments of one day, none beyond the horizon. */
function freeSlots(calendar: ServiceCalendar, { date, partOfDay }: AvailabilityQuery, nowMs: number): Slot[] {
  return date <= lastBookableDate(calendar, nowMs) ? slotsOfDay(calendar, date, nowMs, partOfDay) : [];
}

/** Returns why a day without free appointments has none. */
function reasonFor(calendar: ServiceCalendar, query: AvailabilityQuery, nowMs: number): Reason {
  if (query.date > lastBookableDate(calendar, nowMs))
    return {
      code: 'too-far-ahead',
      detail: `Appointments are given up to ${calendar.horizonDays} days ahead.`,
    };
  if (query.date < localDate(calendar, nowMs)) return { code: 'in-the-past', detail: 'That day is over.' };
  const closed = calendar.closedDates.find((day) => day.date === query.date);
  if (closed) return { code: 'closed', detail: `No appointments that day: ${closed.name}.` };
  if (isOutOfReach(calendar)) return { code: 'zone-not-served', detail: 'Nobody who does this goes there.' };
  const isWorked =
    slotsOfDay({ ...calendar, busy: [] }, query.date, Number.NEGATIVE_INFINITY, query.partOfDay).length > 0;
  const day = query.partOfDay === 'any' ? 'day' : query.partOfDay;
  if (!isWorked) return { code: 'no-hours', detail: `Nobody who does this works that ${day}.` };
  const withoutNotice = { ...calendar, service: { ...calendar.service, noticeMinutes: 0 } };
  if (slotsOfDay(withoutNotice, query.date, nowMs, query.partOfDay).length > 0) {
    const notice = durationWords(calendar.service.noticeMinutes);
    return { code: 'too-soon', detail: `Appointments are booked at least ${notice} before they start.` };
  }
  return { code: 'fully-booked', detail: `Everything is booked or over that ${day}.` };
}

/** Returns whether the calendar is of a zone that no resource goes to. */
export const isOutOfReach = ({ zoneId, resources }: Calendar): boolean =>
  Boolean(zoneId) && resources.length === 0;

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

/** Returns the next day after the last one asked for that has a free appointment. */
function nextFreeDate(
  calendar: ServiceCalendar,
  { code }: Reason,
  after: string,
  nowMs: number,
): string | null {
  if (code === 'too-far-ahead' || code === 'zone-not-served') return null;
  const fromMs = Math.max(Date.parse(`${after}T12:00:00Z`), earliestStart(calendar, nowMs));
  return (
    bookableDates(calendar, fromMs, nowMs, DAYS_AHEAD).find(
      (date) => date > after && slotsOfDay(calendar, date, nowMs).length > 0,
    ) ?? null
  );
}
