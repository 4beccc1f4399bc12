import type { DateTime } from 'luxon';

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
  /** Returns the instant at which local time is this many minutes after midnight. */
  instantOf(minute: number): number;
  /** Returns the day this many days later. */
  later(days: number): LocalDay;
}

export function localDay(day: DateTime): LocalDay {
  const instants = new Map<number, number>();
  const laterDays = new Map<number, LocalDay>();
  return {
    date: isoDate(day),
    weekday: day.weekday,
    startMs: day.startOf('day').toMillis(),
    instantOf: (minute) => getOrMake(instants, minute, () => instantOf(day, minute)),
    later: (days) => getOrMake(laterDays, days, () => localDay(day.plus({ days }))),
  };
}

export const isoDate = (day: DateTime): string => day.toISODate() ?? '';

function getOrMake<Key, Value>(made: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = made.get(key);
  if (found !== undefined) return found;
  const value = make();
  made.set(key, value);
  return value;
}

/**
 * Returns the instant at which local time is this many minutes after midnight; 1440 is the midnight that ends
 * the day. A time that the clocks skip yields the instant at which they skip it.
 */
function instantOf(day: DateTime, minute: number): number {
  if (minute === 1440) return day.plus({ days: 1 }).startOf('day').toMillis();
  const shown = day.set({ hour: Math.floor(minute / 60), minute: minute % 60, second: 0, millisecond: 0 });
  const skippedMinutes = shown.hour * 60 + shown.minute - minute;
  return skippedMinutes === 0 ? shown.toMillis() : changeOfClocks(shown, skippedMinutes).toMillis();
}

/** Returns the instant the offset became that of `after`, at most this many minutes before it. */
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
