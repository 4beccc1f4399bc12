import type { Booking } from '@tandem/database';
import { localIso } from '../../http/fields.ts';
import type { TimeRefusal } from '../booking-times.ts';

/** A time of a series that was not booked. */
export interface SkippedTime {
  readonly startsAt: Date;
  readonly timeZone: string;
  readonly code: TimeRefusal;
}

export interface Series {
  /** False when the same call asked for it before. */
  readonly isNew: boolean;
  readonly first: Booking;
  readonly bookings: readonly Booking[];
  readonly skipped: readonly SkippedTime[];
}

export const toSkippedDto = ({ startsAt, timeZone, code }: SkippedTime) => ({
  start: localIso(startsAt, timeZone),
  code,
});
