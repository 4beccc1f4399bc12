import { IANAZone } from 'luxon';
import type { Repeat } from '../occurrences.ts';

/*
 * The times of a series worked out a second time, by looking at a clock on the wall minute by minute. It
 * shares no code with occurrences.ts, and the two are compared (occurrences.spec.ts).
 */

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** A clock on the wall. */
class WallClock {
  private readonly zone: IANAZone;

  constructor(timeZone: string) {
    this.zone = IANAZone.create(timeZone);
  }

  /** YYYY-MM-DDTHH:MM. */
  at(ms: number): string {
    return new Date(ms + this.zone.offset(ms) * MINUTE_MS).toISOString().slice(0, 16);
  }

  /** Returns the first minute that shows a time of a date, or a later one. */
  firstAt(date: string, time: string): number {
    const wanted = `${date}T${time}`;
    // No zone is further from UTC than 14 hours, and clocks change at a quarter of an hour of UTC only.
    let ms = Date.parse(`${date}T${time.slice(0, 2)}:00Z`) - 15 * 60 * MINUTE_MS;
    while (this.at(ms + 14 * MINUTE_MS) < wanted) ms += 15 * MINUTE_MS;
    while (this.at(ms) < wanted) ms += MINUTE_MS;
    return ms;
  }
}

export function plainSeries(startMs: number, repeat: Repeat, timeZone: string, most: number): number[] {
  const clock = new WallClock(timeZone);
  const [first, time] = clock.at(startMs).split('T') as [string, string];
  const found = [startMs];
  const wanted = Math.min(repeat.count ?? most, most);
  let matches = 0;
  for (let date = nextDay(first); found.length < wanted; date = nextDay(date)) {
    if (repeat.until !== undefined && date > repeat.until) break;
    if (!isMatch(first, date, repeat.unit)) continue;
    matches += 1;
    if (matches % repeat.every === 0) found.push(clock.firstAt(date, time));
  }
  return repeat.until !== undefined && first > repeat.until ? [] : found;
}

const nextDay = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);

/** Returns whether a date is one of the weekday of the first, and in a month at the same place in it. */
function isMatch(first: string, date: string, unit: Repeat['unit']): boolean {
  const apart = (Date.parse(date) - Date.parse(first)) / DAY_MS;
  if (apart % 7 !== 0) return false;
  if (unit === 'week') return true;
  const place = placeInMonth(first);
  const isLast = new Date(Date.parse(date) + 7 * DAY_MS).toISOString().slice(0, 7) !== date.slice(0, 7);
  return placeInMonth(date) === place || (place === 5 && placeInMonth(date) === 4 && isLast);
}

/** Returns 1 for the first such weekday of its month. */
const placeInMonth = (date: string): number => Math.ceil(Number(date.slice(8)) / 7);
