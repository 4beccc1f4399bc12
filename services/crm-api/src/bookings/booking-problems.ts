import type { Booking } from '@tandem/database';
import { Problem } from '@tandem/platform';

/** @throws Problem 404 where there is no booking */
export function found(booking: Booking | null): Booking {
  if (booking) return booking;
  throw new Problem(
    404,
    'booking-not-found',
    'No such booking',
    'There is no booking with this id. Ask for the list.',
  );
}

export const bookingCancelled = () =>
  new Problem(
    409,
    'booking-cancelled',
    'The booking is cancelled',
    'A cancelled booking has no time that could be changed or confirmed. Book anew.',
  );

export const holdExpired = () =>
  new Problem(
    410,
    'hold-expired',
    'The hold is over',
    'The time was held until `holdExpiresAt` and is free for others since. Book or hold it anew.',
  );

/** Returns the refusal to move what is not booked. */
export function notMovable({ status }: Booking): Problem {
  if (status === 'expired') return holdExpired();
  if (status === 'cancelled') return bookingCancelled();
  return new Problem(
    409,
    'booking-not-confirmed',
    'The booking is only held',
    'A hold cannot be moved. Confirm it first, or hold another time.',
  );
}
