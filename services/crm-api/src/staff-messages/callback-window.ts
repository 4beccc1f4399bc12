import { clockTime, isOpenAt, type OpeningHours } from '@tandem/contracts';
import { DateTime } from 'luxon';

/** A stretch of a local day, by the clock of the business. */
export interface LocalWindow {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** HH:MM. */
  readonly from: string;
  /** HH:MM, or 24:00; an hour after `from` unless given. */
  readonly until?: string | undefined;
}

/** Why nobody calls back then. */
export type WindowRefusal = 'in-the-past' | 'too-far-ahead' | 'outside-hours';

const USUAL_MINUTES = 60;
const MOST_DAYS_AHEAD = 60;

/**
 * Returns the instants between which a caller is called back, or why that cannot be: it is over, too far
 * ahead, or begins or ends when nobody is there.
 * @param opening the hours of that day
 */
export function resolveWindow(
  { date, from, until }: LocalWindow,
  opening: OpeningHours,
  now: Date,
): { readonly from: Date; readonly until: Date } | WindowRefusal {
  const at = (time: string) => DateTime.fromISO(`${date}T${time}`, { zone: opening.timeZone });
  const begins = at(from);
  const midnight = at('24:00');
  const ends =
    until === undefined ? DateTime.min(begins.plus({ minutes: USUAL_MINUTES }), midnight) : at(until);
  if ((until === undefined ? begins : ends).toMillis() <= now.getTime()) return 'in-the-past';
  if (begins.diff(DateTime.fromJSDate(now), 'days').days > MOST_DAYS_AHEAD) return 'too-far-ahead';
  // The clocks may skip an hour in which it would begin.
  if (begins >= ends) return 'outside-hours';
  const last = ends.minus({ minutes: 1 });
  if (!isOpenAt(opening, begins.toJSDate()) || !isOpenAt(opening, last.toJSDate())) return 'outside-hours';
  return { from: begins.toJSDate(), until: ends.toJSDate() };
}

/** Returns the hours of a local day as local times; none for a day on which it is closed. */
export function hoursOfDay(
  date: string,
  { isAlwaysOpen, hours, closedDates }: OpeningHours,
): { opens: string; closes: string }[] {
  if (closedDates.includes(date)) return [];
  if (isAlwaysOpen) return [{ opens: '00:00', closes: '24:00' }];
  const { weekday } = DateTime.fromISO(date);
  return hours
    .filter((open) => open.weekday === weekday)
    .sort((one, other) => one.opensMinute - other.opensMinute)
    .map(({ opensMinute, closesMinute }) => ({
      opens: clockTime(opensMinute),
      closes: clockTime(closesMinute),
    }));
}
