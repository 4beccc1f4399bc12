import { IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
/** A day between two dates, whatever the clocks do. */
export const DAY_MS = 86_400_000;

/**
 * A day by the local clock. Each instant is worked out once: that takes tens of microseconds, and most
 * resources share their hours.
 */
export interface LocalDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** 1 is Monday. */
  readonly weekday: number;
  readonly startMs: number;
  /** Returns the instant at which the clock first shows this many minutes after midnight, or a later time. */
  instantOf(minute: number): number;
  /** Returns the day this many days later. */
  later(days: number): LocalDay;
}

/** @param date YYYY-MM-DD */
export function localDay(date: string, timeZone: string): LocalDay {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const clock = clockAround(midnight, timeZone);
  const instants = new Map<number, number>();
  const laterDays = new Map<number, LocalDay>();
  const instantOf = (minute: number) =>
    getOrMake(instants, minute, () => firstInstant(midnight + minute * MINUTE_MS, clock));
  return {
    date,
    weekday: new Date(midnight).getUTCDay() || 7,
    startMs: instantOf(0),
    instantOf,
    later: (days) => getOrMake(laterDays, days, () => localDay(laterDate(date, days), timeZone)),
  };
}

/** Returns the date this many days later. */
export function laterDate(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Returns the instants of a time from one local time to another, YYYY-MM-DDTHH:MM, at its longest. */
export function instantsOf(
  { start, end }: { readonly start: string; readonly end: string },
  timeZone: string,
): { startMs: number; endMs: number } {
  const [from, until] = [Date.parse(`${start}Z`), Date.parse(`${end}Z`)];
  return {
    startMs: firstInstant(from, clockAround(from, timeZone)),
    endMs: lastInstant(until, clockAround(until, timeZone)),
  };
}

/*
 * In what follows a local time is an instant: the one at which a clock in UTC shows it.
 */

/** The clock of a zone around a day: its offsets in ms, which differ when it changes once. */
interface Clock {
  readonly zone: IANAZone;
  readonly before: number;
  readonly after: number;
}

function clockAround(local: number, timeZone: string): Clock {
  const zone = IANAZone.create(timeZone);
  return {
    zone,
    before: offsetAt(zone, local - DAY_MS),
    after: offsetAt(zone, local + 2 * DAY_MS),
  };
}

/**
 * Returns the instant at which the clock first shows a local time. A time that the clocks skip yields the
 * instant at which they skip it.
 */
function firstInstant(local: number, clock: Clock): number {
  return instantsShowing(local, clock)[0] ?? skippedAt(local, clock);
}

/** Returns the instant at which the clock last shows a local time, or skips it. */
function lastInstant(local: number, clock: Clock): number {
  return instantsShowing(local, clock).at(-1) ?? skippedAt(local, clock);
}

/** Returns the instants at which a clock shows a local time, soonest first: one, two or none. */
function instantsShowing(local: number, { zone, before, after }: Clock): number[] {
  if (before === after) return [local - before];
  return [local - before, local - after]
    .filter((instant) => instant + offsetAt(zone, instant) === local)
    .sort((a, b) => a - b);
}

/** Returns the instant of the change of clocks that skips a local time. */
function skippedAt(local: number, { zone, before, after }: Clock): number {
  let notYet = local - after;
  let already = local - before;
  while (already - notYet > MINUTE_MS) {
    const middle = notYet + Math.floor((already - notYet) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetAt(zone, middle) === after) already = middle;
    else notYet = middle;
  }
  return already;
}

const offsetAt = (zone: IANAZone, instant: number): number => zone.offset(instant) * MINUTE_MS;

function getOrMake<Key, Value>(made: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = made.get(key);
  if (found !== undefined) return found;
  const value = make();
  made.set(key, value);
  return value;
}
