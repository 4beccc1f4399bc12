import type { BusyPeriod, Calendar, CalendarResource } from '@tandem/database';
import { DateTime } from 'luxon';
import { localDay, type LocalDay } from './local-day.ts';

/**
 * Days after its own into which an appointment may last: 24 hours from late on a day before one of 23 hours.
 */
const LONGEST_DAYS = 2;

/** One local day with its local times converted into instants. */
export interface Day {
  readonly noonMs: number;
  readonly people: readonly Person[];
}

/** A resource on one day. */
export interface Person {
  readonly resource: CalendarResource;
  /** Working windows of that day, from whose starts appointments are counted. */
  readonly windows: readonly Window[];
  /** The same windows, joined without a break and continued into the next days. */
  readonly stretches: readonly Window[];
  readonly busy: readonly BusyPeriod[];
  /** Number of appointments of the resource on that day. */
  readonly load: number;
}

interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Returns a local day (YYYY-MM-DD) of the calendar's resources. */
export function dayOf(calendar: Calendar, date: string): Day {
  const day = localDay(DateTime.fromISO(date, { zone: calendar.timeZone }));
  const { startMs } = day;
  const endMs = day.instantOf(1440);
  const people = calendar.resources.map((resource): Person => {
    const windows = windowsOf(calendar, resource, day);
    const busy = calendar.busy.filter((period) => period.resourceId === resource.id);
    return {
      resource,
      windows,
      stretches: stretchesOf(calendar, resource, day, windows),
      busy,
      load: busy.filter((period) => overlaps(period, startMs, endMs)).length,
    };
  });
  return { noonMs: day.instantOf(720), people };
}

/** Returns the working windows of a resource on a day, soonest first; none on a closed date. */
function windowsOf(calendar: Calendar, resource: CalendarResource, day: LocalDay): Window[] {
  if (calendar.closedDates.some((closed) => closed.date === day.date)) return [];
  return resource.hours
    .filter(({ weekday }) => weekday === day.weekday)
    .map(({ opensMinute, closesMinute }) => ({
      startMs: day.instantOf(opensMinute),
      endMs: day.instantOf(closesMinute),
    }))
    .sort((a, b) => a.startMs - b.startMs);
}

/** Returns the windows of a day, joined where they touch, also with those of the next days over midnight. */
function stretchesOf(
  calendar: Calendar,
  resource: CalendarResource,
  day: LocalDay,
  windows: readonly Window[],
): Window[] {
  const all = [...windows];
  for (let ahead = 1; ahead <= LONGEST_DAYS; ahead++) {
    const next = day.later(ahead);
    if (all.at(-1)?.endMs !== next.startMs) break;
    all.push(...windowsOf(calendar, resource, next));
  }
  const joined: Window[] = [];
  for (const window of all) {
    const last = joined.at(-1);
    if (last && window.startMs <= last.endMs)
      joined[joined.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, window.endMs) };
    else joined.push(window);
  }
  return joined;
}

/** Returns whether a busy period lies in part between the two instants. */
export const overlaps = (busy: BusyPeriod, startMs: number, endMs: number): boolean =>
  busy.startMs < endMs && startMs < busy.endMs;
