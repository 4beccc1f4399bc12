import type { Calendar, CalendarResource } from '@tandem/database';
import { DateTime } from 'luxon';
import { DAY_MS, laterDate } from './local-day.ts';
import { appointmentAt, collides, dayOf, type Appointment, type Day, type Person } from './working-day.ts';

/*
 * Free appointments. Working hours are in local time, appointments are instants. A working window is
 * therefore converted into two instants first, and everything after that counts real minutes: a day on which
 * the clocks change has an hour of appointments more or less, and none of them starts at a time that does not
 * exist or is too short. Windows that touch are one stretch of work, also over midnight; a closed date has
 * none, and leave cuts a part out of a stretch. An appointment occupies its resource from the buffer before
 * it to the one after it, and two occupied times do not overlap: between two appointments there is the buffer
 * after the earlier one and the buffer before the later one, their sum. Buffers may lie outside of working
 * hours. A hold is an appointment until it ends.
 */

const MINUTE_MS = 60_000;
/** Distance between offered appointments, counted from the start of the window. */
const SLOT_STEP_MS = 30 * MINUTE_MS;

export type PartOfDay = 'morning' | 'afternoon' | 'any';

export interface Slot {
  /** Unix time in ms. */
  readonly startMs: number;
  readonly endMs: number;
  readonly resource: { readonly id: string; readonly name: string };
}

/** The result of checking a time: bookable if a resource is free, or why not. */
export type SlotCheck = 'bookable' | 'in-the-past' | 'too-soon' | 'too-far-ahead' | 'outside-hours';

/** A calendar whose tenant has the service. */
export type ServiceCalendar = Calendar & { readonly service: NonNullable<Calendar['service']> };

/**
 * Returns the free appointments of one local day, soonest first, one for each time, with the resource least
 * booked that day.
 */
export function slotsOfDay(
  calendar: ServiceCalendar,
  date: string,
  nowMs: number,
  part: PartOfDay = 'any',
): Slot[] {
  const day = dayOf(withoutEndedHolds(calendar, nowMs), date);
  const earliestMs = earliestStart(calendar, nowMs);
  return startsOf(day, calendar)
    .filter(
      (startMs) =>
        startMs > nowMs &&
        startMs >= earliestMs &&
        (part === 'any' || startMs < day.noonMs === (part === 'morning')),
    )
    .flatMap((startMs) => {
      const appointment = appointmentAt(calendar.service, startMs);
      const [resource] = freeIn(day, appointment);
      const { endMs } = appointment;
      return resource ? [{ startMs, endMs, resource: { id: resource.id, name: resource.name } }] : [];
    });
}

/** Returns the resources that work then and are free, least booked that day first; equal ones by id. */
export function freeResources(calendar: ServiceCalendar, startMs: number, nowMs: number): CalendarResource[] {
  const day = dayOf(withoutEndedHolds(calendar, nowMs), localDate(calendar, startMs));
  return freeIn(day, appointmentAt(calendar.service, startMs));
}

/** Checks a time against the clock, the horizon and the working hours, ignoring bookings. */
export function checkSlot(calendar: ServiceCalendar, startMs: number, nowMs: number): SlotCheck {
  if (startMs <= nowMs) return 'in-the-past';
  if (startMs < earliestStart(calendar, nowMs)) return 'too-soon';
  const date = localDate(calendar, startMs);
  if (date > lastBookableDate(calendar, nowMs)) return 'too-far-ahead';
  const wanted = appointmentAt(calendar.service, startMs);
  return dayOf(calendar, date).people.some((person) => worksIn(person, wanted))
    ? 'bookable'
    : 'outside-hours';
}

/**
 * Returns free appointments near a wanted time: the closest of that day, then those at about the same time on
 * the following days. At most `count`, soonest first.
 */
export function nearestSlots(
  calendar: ServiceCalendar,
  wantedMs: number,
  nowMs: number,
  options: { days: number; count: number },
): Slot[] {
  const found: Slot[] = [];
  const fromMs = Math.max(wantedMs, earliestStart(calendar, nowMs));
  for (const [index, date] of bookableDates(calendar, fromMs, nowMs, options.days).entries()) {
    const target = fromMs + index * DAY_MS;
    const ofDay = slotsOfDay(calendar, date, nowMs).sort(
      (a, b) => Math.abs(a.startMs - target) - Math.abs(b.startMs - target) || a.startMs - b.startMs,
    );
    found.push(...ofDay.slice(0, options.count - found.length));
    if (found.length >= options.count) break;
  }
  return found.sort((a, b) => a.startMs - b.startMs);
}

/** Returns the local dates of up to `days` days from an instant on that are within the booking horizon. */
export function bookableDates(calendar: Calendar, fromMs: number, nowMs: number, days: number): string[] {
  const first = localDate(calendar, fromMs);
  const last = lastBookableDate(calendar, nowMs);
  return Array.from({ length: days }, (_, index) => laterDate(first, index)).filter((date) => date <= last);
}

export function localDate(calendar: Calendar, atMs: number): string {
  return DateTime.fromMillis(atMs, { zone: calendar.timeZone }).toISODate() ?? '';
}

/** Returns whether a time lies before noon of its day. */
export function isMorning(calendar: Calendar, atMs: number): boolean {
  return atMs < dayOf(calendar, localDate(calendar, atMs)).noonMs;
}

/** Returns the earliest start that respects the notice of the service. */
export function earliestStart({ service }: ServiceCalendar, nowMs: number): number {
  return nowMs + service.noticeMinutes * MINUTE_MS;
}

export function lastBookableDate(calendar: Calendar, nowMs: number): string {
  return laterDate(localDate(calendar, nowMs), calendar.horizonDays);
}

/** A hold occupies its resource until the moment it ends. */
function withoutEndedHolds(calendar: ServiceCalendar, nowMs: number): ServiceCalendar {
  const busy = calendar.busy.filter(({ heldUntilMs }) => (heldUntilMs ?? Infinity) > nowMs);
  return { ...calendar, busy };
}

function startsOf(day: Day, { service }: ServiceCalendar): number[] {
  const starts = new Set<number>();
  for (const person of day.people) {
    for (const window of person.windows) {
      for (let startMs = window.startMs; startMs < window.endMs; startMs += SLOT_STEP_MS)
        if (worksIn(person, appointmentAt(service, startMs))) starts.add(startMs);
    }
  }
  return [...starts].sort((a, b) => a - b);
}

function freeIn(day: Day, wanted: Appointment): CalendarResource[] {
  return day.people
    .filter((person) => worksIn(person, wanted) && !person.busy.some((booked) => collides(booked, wanted)))
    .sort((a, b) => a.load - b.load || (a.resource.id < b.resource.id ? -1 : 1))
    .map((person) => person.resource);
}

const worksIn = (person: Person, { startMs, endMs }: Appointment): boolean =>
  person.stretches.some((window) => window.startMs <= startMs && endMs <= window.endMs);
