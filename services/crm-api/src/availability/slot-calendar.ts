import type { BusyPeriod, Calendar, CalendarResource } from '@tandem/database';
import { DateTime } from 'luxon';

/*
 * What is free. Hours of work are kept on the wall clock, appointments on the time line. A working window is therefore
 * turned into two instants first, and everything after that counts real minutes: a day on which the clocks change has
 * an hour of appointments more or less, and none of them starts at a time that does not exist or lasts too short.
 */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Appointments are offered this far apart, counted from the start of the window. */
const SLOT_STEP_MS = 30 * MINUTE_MS;

export type PartOfDay = 'morning' | 'afternoon' | 'any';

export interface Slot {
  /** Unix time in ms. */
  readonly startMs: number;
  readonly endMs: number;
  readonly resource: { readonly id: string; readonly name: string };
}

/** Why a time cannot be booked, whoever is free. */
export type Verdict = 'bookable' | 'in-the-past' | 'too-far-ahead' | 'outside-hours';

/** A calendar whose tenant has the service. */
export type ServiceCalendar = Calendar & { readonly service: NonNullable<Calendar['service']> };

/** The free appointments of one local day, soonest first, one for each time with the person least booked that day. */
export function slotsOfDay(calendar: ServiceCalendar, date: string, nowMs: number, part: PartOfDay = 'any'): Slot[] {
  const day = dayOf(calendar, date);
  return startsOf(day, durationMs(calendar))
    .filter((startMs) => startMs > nowMs && (part === 'any' || startMs < day.noonMs === (part === 'morning')))
    .flatMap((startMs) => {
      const endMs = startMs + durationMs(calendar);
      const [resource] = freeIn(day, startMs, endMs);
      return resource ? [{ startMs, endMs, resource: { id: resource.id, name: resource.name } }] : [];
    });
}

/** Who works then and is free, least booked that day first; equals by id, so the order is always the same. */
export function freeResources(calendar: ServiceCalendar, startMs: number): CalendarResource[] {
  return freeIn(dayOf(calendar, localDate(calendar, startMs)), startMs, startMs + durationMs(calendar));
}

/** Whether anyone could take an appointment then, were nothing booked. */
export function judge(calendar: ServiceCalendar, startMs: number, nowMs: number): Verdict {
  if (startMs <= nowMs) return 'in-the-past';
  const date = localDate(calendar, startMs);
  if (date > lastBookableDate(calendar, nowMs)) return 'too-far-ahead';
  const endMs = startMs + durationMs(calendar);
  return dayOf(calendar, date).people.some((person) => worksIn(person, startMs, endMs)) ? 'bookable' : 'outside-hours';
}

/** Free appointments near a wanted time: of that day the closest, then of the days after it those at about the same time. At most `count`, soonest first. */
export function nearestSlots(calendar: ServiceCalendar, wantedMs: number, nowMs: number, options: { days: number; count: number }): Slot[] {
  const found: Slot[] = [];
  const fromMs = Math.max(wantedMs, nowMs);
  for (const [index, date] of bookableDates(calendar, fromMs, nowMs, options.days).entries()) {
    const target = fromMs + index * DAY_MS;
    const ofDay = slotsOfDay(calendar, date, nowMs).sort((a, b) => Math.abs(a.startMs - target) - Math.abs(b.startMs - target) || a.startMs - b.startMs);
    found.push(...ofDay.slice(0, options.count - found.length));
    if (found.length >= options.count) break;
  }
  return found.sort((a, b) => a.startMs - b.startMs);
}

/** The local dates of up to `days` days from an instant on that are not beyond what may be booked. */
export function bookableDates(calendar: Calendar, fromMs: number, nowMs: number, days: number): string[] {
  const first = DateTime.fromMillis(fromMs, { zone: calendar.timeZone });
  const last = lastBookableDate(calendar, nowMs);
  return Array.from({ length: days }, (_, index) => isoDate(first.plus({ days: index }))).filter((date) => date <= last);
}

export function localDate(calendar: Calendar, atMs: number): string {
  return isoDate(DateTime.fromMillis(atMs, { zone: calendar.timeZone }));
}

export function lastBookableDate(calendar: Calendar, nowMs: number): string {
  return isoDate(DateTime.fromMillis(nowMs, { zone: calendar.timeZone }).plus({ days: calendar.horizonDays }));
}

/** One local day with all clocks already turned into instants. */
interface Day {
  readonly noonMs: number;
  readonly people: readonly Person[];
}

interface Person {
  readonly resource: CalendarResource;
  readonly windows: readonly Window[];
  readonly busy: readonly BusyPeriod[];
  /** Appointments they have that day. */
  readonly load: number;
}

interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

function dayOf(calendar: Calendar, date: string): Day {
  const day = DateTime.fromISO(date, { zone: calendar.timeZone });
  const startMs = day.startOf('day').toMillis();
  const endMs = instantOf(day, 1440);
  const isClosed = calendar.closedDates.some((closed) => closed.date === date);
  const people = calendar.resources.map((resource): Person => {
    const hours = isClosed ? [] : resource.hours.filter(({ weekday }) => weekday === day.weekday);
    const busy = calendar.busy.filter((period) => period.resourceId === resource.id);
    return {
      resource,
      windows: hours.map(({ opensMinute, closesMinute }) => ({ startMs: instantOf(day, opensMinute), endMs: instantOf(day, closesMinute) })),
      busy,
      load: busy.filter((period) => overlaps(period, startMs, endMs)).length,
    };
  });
  return { noonMs: instantOf(day, 720), people };
}

/**
 * When the wall clock of a day shows so many minutes after midnight; 1440 is the midnight that ends it. A time that the
 * clocks skip stands for the moment they skip it.
 */
function instantOf(day: DateTime, minute: number): number {
  if (minute === 1440) return day.plus({ days: 1 }).startOf('day').toMillis();
  const shown = day.set({ hour: Math.floor(minute / 60), minute: minute % 60, second: 0, millisecond: 0 });
  const skippedMinutes = shown.hour * 60 + shown.minute - minute;
  return skippedMinutes === 0 ? shown.toMillis() : changeOfClocks(shown, skippedMinutes).toMillis();
}

/** The moment the offset became that of `after`, at most so many minutes before it. */
function changeOfClocks(after: DateTime, minutes: number): DateTime {
  let notYet = minutes;
  let already = 0;
  while (notYet - already > 1) {
    const middle = Math.floor((notYet + already) / 2);
    if (after.minus({ minutes: middle }).offset === after.offset) already = middle;
    else notYet = middle;
  }
  return after.minus({ minutes: already });
}

function startsOf(day: Day, durationMs: number): number[] {
  const starts = new Set<number>();
  for (const window of day.people.flatMap((person) => person.windows)) {
    for (let startMs = window.startMs; startMs + durationMs <= window.endMs; startMs += SLOT_STEP_MS) starts.add(startMs);
  }
  return [...starts].sort((a, b) => a - b);
}

function freeIn(day: Day, startMs: number, endMs: number): CalendarResource[] {
  return day.people
    .filter((person) => worksIn(person, startMs, endMs) && !person.busy.some((period) => overlaps(period, startMs, endMs)))
    .sort((a, b) => a.load - b.load || (a.resource.id < b.resource.id ? -1 : 1))
    .map((person) => person.resource);
}

const worksIn = (person: Person, startMs: number, endMs: number): boolean => person.windows.some((window) => window.startMs <= startMs && endMs <= window.endMs);
const overlaps = (busy: BusyPeriod, startMs: number, endMs: number): boolean => busy.startMs < endMs && startMs < busy.endMs;
const durationMs = (calendar: ServiceCalendar): number => calendar.service.durationMinutes * MINUTE_MS;
const isoDate = (day: DateTime): string => day.toISODate() ?? '';
