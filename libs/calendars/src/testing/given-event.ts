import type { CalendarEvent } from '../calendar-event.ts';

export const DAY_MS = 86_400_000;
/** The first of March 2027, midnight in UTC. */
export const MARCH = Date.UTC(2027, 2, 1);
export const RANGE = { fromMs: MARCH, untilMs: MARCH + 10 * DAY_MS };
export const NOWHERE = { remoteId: null, tag: null };

/** An event of specs. */
export const EVENT: CalendarEvent = {
  bookingId: '5b0d3f9a-0000-4000-8000-000000000001',
  summary: 'Busy',
  description: '',
  startMs: MARCH + 14 * 3_600_000,
  endMs: MARCH + 15 * 3_600_000,
  createdMs: MARCH,
  changedMs: MARCH,
  revision: 0,
  isCancelled: false,
};

/** Returns busy times as text, soonest first. */
export const times = (busy: readonly { startMs: number; endMs: number }[]): string[] =>
  busy
    .map(({ startMs, endMs }) => [startMs, endMs].map((ms) => new Date(ms).toISOString().slice(0, 16)).join())
    .sort();
