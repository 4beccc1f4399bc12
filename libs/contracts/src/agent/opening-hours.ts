import type { Department } from './department.ts';

/** Opening hours, on the wall clock of a time zone. */
export interface OpeningHours {
  /** IANA name. */
  readonly timeZone: string;
  /** Open round the clock; the hours then do not count. */
  readonly isAlwaysOpen: boolean;
  readonly hours: readonly WeeklyHours[];
  /** YYYY-MM-DD, local. Closed whatever the hours say. */
  readonly closedDates: readonly string[];
}

export interface WeeklyHours {
  /** ISO: 1 is Monday. */
  readonly weekday: number;
  /**
   * Minutes from the start of the local day by the wall clock; `closes` is at most 1440 and not itself open.
   */
  readonly opensMinute: number;
  readonly closesMinute: number;
}

/** Returns whether it is open at an instant. */
export function isOpenAt(opening: OpeningHours, at: Date): boolean {
  const local = wallClock(at, opening.timeZone);
  if (opening.closedDates.includes(local.date)) return false;
  if (opening.isAlwaysOpen) return true;
  return opening.hours.some(
    (hours) =>
      hours.weekday === local.weekday &&
      hours.opensMinute <= local.minute &&
      local.minute < hours.closesMinute,
  );
}

/** Returns whether calls may be transferred to a department; one without hours is always open. */
export function isDepartmentOpen(department: Pick<Department, 'hours'>, timeZone: string, at: Date): boolean {
  return (
    department.hours.length === 0 ||
    isOpenAt({ timeZone, isAlwaysOpen: false, hours: department.hours, closedDates: [] }, at)
  );
}

/** Returns the calendar day of an instant on the wall clock of a zone, as YYYY-MM-DD. */
export function localDate(at: Date, timeZone: string): string {
  return wallClock(at, timeZone).date;
}

/** Returns the minutes of an `HH:MM` or `HH:MM:SS` time of day. */
export function minuteOfDay(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** Hours as written by hand: `HH:MM` or `HH:MM:SS`, the end of the day being 24:00. */
interface ClockHours {
  /** ISO: 1 is Monday. */
  readonly weekday: number;
  readonly opens: string;
  readonly closes: string;
}

export function toWeeklyHours({ weekday, opens, closes }: ClockHours): WeeklyHours {
  return { weekday, opensMinute: minuteOfDay(opens), closesMinute: minuteOfDay(closes) };
}

export function toClockHours({ weekday, opensMinute, closesMinute }: WeeklyHours): ClockHours {
  return { weekday, opens: clockTime(opensMinute), closes: clockTime(closesMinute) };
}

/** Returns a minute of the day as `HH:MM`; 1440 is 24:00. */
export function clockTime(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(at: Date, timeZone: string): { date: string; weekday: number; minute: number } {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    weekday: WEEKDAYS.indexOf(part('weekday')) + 1,
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}
