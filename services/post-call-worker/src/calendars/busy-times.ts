import type { BusyTime } from '@tandem/calendars';
import type { CalendarBusyTime } from '@tandem/database';

/** The most busy times of one calendar that are kept. */
export const MAX_BUSY_TIMES = 5_000;

/**
 * Returns the busy times of others, joined where they touch or overlap, soonest first.
 * @param own bookings whose events are not busy times: the bookings themselves are
 */
export function joinBusy(busy: readonly BusyTime[], own: ReadonlySet<string>): CalendarBusyTime[] {
  const joined: { startMs: number; endMs: number }[] = [];
  const others = busy.filter(({ bookingId }) => bookingId === null || !own.has(bookingId));
  for (const { startMs, endMs } of [...others].sort((a, b) => a.startMs - b.startMs)) {
    const last = joined.at(-1);
    if (last && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs);
    else joined.push({ startMs, endMs });
  }
  return joined.slice(0, MAX_BUSY_TIMES);
}
