import { DateTime } from 'luxon';
import type { CrmProblem } from './crm/crm-http.ts';
import { alternativesSchema } from './crm/crm-responses.ts';
import { explainUnknownService } from './crm/unknown-service.ts';
import { toOfferedSlot } from './offer.ts';

/** The words of a tool that sets the time of an appointment. */
interface TimeWords {
  /** Sentence about the change that was not made, such as "Nothing was booked." */
  readonly nothing: string;
  /** The verb for one of the times offered instead: "book". */
  readonly take: string;
}

/** Sentences for the model about a refused time, by the code of the problem. */
const REASONS: Readonly<Record<string, string>> = {
  'slot-taken': 'That time has just been taken.',
  'outside-hours': 'Nobody who does this works at that time.',
  'in-the-past': 'That time is already over.',
  'too-soon': 'That time is too soon to be booked.',
  'too-far-ahead': 'That day is too far ahead to be booked yet.',
};

const NOT_SERVED = 'Nobody who does this goes to that zone. Tell the caller, and offer to take a message.';

/** Returns a sentence for the model about an appointment that cannot be at the time wanted. */
export function explainRefusedTime(problem: CrmProblem, language: string, words: TimeWords): string {
  const { nothing, take } = words;
  if (problem.code === 'zone-not-served') return `${nothing} ${NOT_SERVED}`;
  const reason = REASONS[problem.code];
  if (reason === undefined) return explainUnknownService(problem);
  const parsed = alternativesSchema.safeParse(problem);
  const offers = parsed.success ? parsed.data.alternatives.map((slot) => toOfferedSlot(slot, language)) : [];
  if (offers.length === 0) return `${reason} ${nothing} Ask for another day and call check_availability.`;
  const listed = offers
    .map((offer) => `${offer.spoken} with ${offer.resource} (start ${offer.start})`)
    .join('; ');
  const offer = `Offer these; ${take} one only after the caller agrees.`;
  return `${reason} ${nothing} Free instead: ${listed}. ${offer}`;
}

/** A model that does its own arithmetic gets offsets wrong, most of all when the clocks have changed. */
export function isOnBusinessClock(start: string, timeZone: string): boolean {
  const given = DateTime.fromISO(start, { setZone: true });
  return given.offset === given.setZone(timeZone).offset;
}

/** Returns a sentence for the model about a start whose offset is not that of the business. */
export function explainUnclearTime(nothing: string): string {
  return (
    'The start has not the offset of the business on that day, so it is not clear which time is meant. ' +
    `${nothing} Copy "start" exactly from check_availability.`
  );
}
