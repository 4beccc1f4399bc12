import type { BookableService, BusyPeriod, Calendar, CalendarResource } from '@tandem/database';
import { localDay, type LocalDay } from './local-day.ts';

const MINUTE_MS = 60_000;
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
  /** The same windows, joined without a break and continued into the next days; leave is cut out. */
  readonly stretches: readonly Window[];
  readonly busy: readonly BusyPeriod[];
  /** Number of appointments of the resource on that day. */
  readonly load: number;
}

/** A time from one instant to another, the end not included; Unix time in ms. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** An appointment, and the time its resource is occupied by it: with the buffers of the service. */
export type Appointment = Omit<BusyPeriod, 'resourceId'>;

/** Returns the appointment of a service that starts then. */
export function appointmentAt(service: BookableService, startMs: number): Appointment {
  const endMs = startMs + service.durationMinutes * MINUTE_MS;
  return {
    startMs,
    endMs,
    occupiedFromMs: startMs - service.bufferBeforeMinutes * MINUTE_MS,
    occupiedUntilMs: endMs + service.bufferAfterMinutes * MINUTE_MS,
  };
}

/** Returns a local day (YYYY-MM-DD) of the calendar's resources. */
export function dayOf(calendar: Calendar, date: string): Day {
  const day = localDay(date, calendar.timeZone);
  const whole = { startMs: day.startMs, endMs: day.instantOf(1440) };
  const people = calendar.resources.map((resource): Person => {
    const windows = windowsOf(calendar, resource, day);
    const busy = calendar.busy.filter((period) => period.resourceId === resource.id);
    const leave = calendar.leave.filter((period) => period.resourceId === resource.id);
    return {
      resource,
      windows,
      stretches: withoutLeave(stretchesOf(calendar, resource, day, windows), leave),
      busy,
      load: busy.filter((period) => overlaps(period, whole)).length,
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
  let joined = joinTouching(windows);
  for (let ahead = 1; ahead <= LONGEST_DAYS; ahead++) {
    const next = day.later(ahead);
    if (joined.at(-1)?.endMs !== next.startMs) break;
    joined = joinTouching([...joined, ...windowsOf(calendar, resource, next)]);
  }
  return joined;
}

/** Joins windows, soonest first, that touch or overlap. */
function joinTouching(windows: readonly Window[]): Window[] {
  const joined: Window[] = [];
  for (const window of windows) {
    const last = joined.at(-1);
    if (last && window.startMs <= last.endMs)
      joined[joined.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, window.endMs) };
    else joined.push(window);
  }
  return joined;
}

/** Returns the parts of the windows in which the resource is not on leave. */
function withoutLeave(windows: readonly Window[], leave: readonly Window[]): Window[] {
  let worked = [...windows];
  for (const { startMs, endMs } of leave) {
    worked = worked.flatMap((window) =>
      overlaps(window, { startMs, endMs })
        ? [
            { startMs: window.startMs, endMs: startMs },
            { startMs: endMs, endMs: window.endMs },
          ].filter((part) => part.startMs < part.endMs)
        : [window],
    );
  }
  return worked;
}

/** Returns whether one time lies in part in the other. */
const overlaps = (one: Window, other: Window): boolean =>
  one.startMs < other.endMs && other.startMs < one.endMs;

/** Returns whether a resource that has one appointment cannot take the other: one of them is too near. */
export const collides = (one: Appointment, other: Appointment): boolean =>
  one.occupiedFromMs < other.occupiedUntilMs && other.occupiedFromMs < one.occupiedUntilMs;
