import { DateTime } from 'luxon';
import { laterDate, localDay } from '../../availability/local-day.ts';

/*
 * The times of a series. They keep the time of day that the clock of the business shows, whatever the clocks
 * do between two of them: a time that is skipped is the moment they skip it, and one that comes twice is the
 * first one, but the start of the series stays the instant that was asked for.
 */

export interface Repeat {
  /** Every n weeks or months. */
  readonly every: number;
  /**
   * `month`: on the same weekday of the month, such as the second Tuesday. The fifth one is the last one
   * where a month has four.
   */
  readonly unit: 'week' | 'month';
  readonly count?: number | undefined;
  /** The last local day, YYYY-MM-DD. */
  readonly until?: string | undefined;
}

/** Returns the instants of a series in ms, at most `most` of them. */
export function occurrencesOf(startMs: number, repeat: Repeat, timeZone: string, most: number): number[] {
  const start = DateTime.fromMillis(startMs, { zone: timeZone });
  const minute = start.hour * 60 + start.minute;
  const first = start.toISODate() ?? '';
  const instants: number[] = [];
  for (let index = 0; instants.length < Math.min(repeat.count ?? most, most); index += 1) {
    const date = dateOf(first, index * repeat.every, repeat.unit);
    if (repeat.until !== undefined && date > repeat.until) break;
    instants.push(index === 0 ? startMs : localDay(date, timeZone).instantOf(minute));
  }
  return instants;
}

/**
 * Returns the instant at which the local clock is as much later, or earlier, than at `atMs` as it is at
 * `toMs` compared with `fromMs`.
 */
export function movedAlike(atMs: number, fromMs: number, toMs: number, timeZone: string): number {
  const local = (ms: number) => ms + DateTime.fromMillis(ms, { zone: timeZone }).offset * 60_000;
  const moved = new Date(local(atMs) + local(toMs) - local(fromMs)).toISOString();
  const minute = Number(moved.slice(11, 13)) * 60 + Number(moved.slice(14, 16));
  return localDay(moved.slice(0, 10), timeZone).instantOf(minute);
}

/** Returns the date this number of weeks or months after the first one. */
function dateOf(first: string, units: number, unit: Repeat['unit']): string {
  if (unit === 'week') return laterDate(first, units * 7);
  const date = DateTime.fromISO(first, { zone: 'utc' });
  const month = date.startOf('month').plus({ months: units });
  const ahead = (date.weekday - month.weekday + 7) % 7;
  const place = Math.floor((date.day - 1) / 7);
  const day = 1 + ahead + place * 7;
  return month.set({ day: day > (month.daysInMonth ?? 31) ? day - 7 : day }).toISODate() ?? '';
}
