import type { Booking } from '../../entities/booking.ts';

/** A booking without a name is for the caller, whose name is in their contact. */
export function isForSamePerson({ name: bookedFor, contact }: Booking, name: string | null): boolean {
  const caller = contact?.name ?? null;
  return spelling(bookedFor ?? caller) === spelling(name ?? caller);
}

const spelling = (name: string | null): string =>
  (name ?? '').normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase();
