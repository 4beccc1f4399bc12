import { normalPhone, shownNumber, type ToolCallContext } from '@tandem/contracts';
import { DateTime } from 'luxon';
import { alternativesSchema, bookingSchema } from '../crm/crm-responses.ts';
import type { CrmProblem } from '../crm/crm-http.ts';
import { outcomeOf, refused } from '../crm/outcome.ts';
import { explainUnknownService } from '../crm/unknown-service.ts';
import { toOfferedSlot } from '../offer.ts';
import { spokenTime } from '../spoken.ts';
import { handle } from '../tool-handler.ts';
import { bookAppointment } from './declaration.ts';

/** Sentences for the model about a refused time, by the code of the problem. */
const REASONS: Readonly<Record<string, string>> = {
  'slot-taken': 'That time has just been taken.',
  'outside-hours': 'Nobody who does this works at that time.',
  'in-the-past': 'That time is already over.',
  'too-soon': 'That time is too soon to be booked.',
  'too-far-ahead': 'That day is too far ahead to be booked yet.',
};

/**
 * Books under the tool call's id, so a repeated job books once. The caller's number comes from the carrier;
 * only where it shows none the caller gives one, so that there is a number to call back.
 */
export const bookAppointmentHandler = handle(bookAppointment, async ({ phone, ...input }, context) => {
  if (!isOnBusinessClock(input.start, context.timeZone)) {
    return refused(
      'unclear-time',
      'The start has not the offset of the business on that day, so it is not clear which time is ' +
        'meant. Nothing was booked. Copy "start" exactly from check_availability.',
    );
  }
  const contactPhone = phoneOf(context, phone);
  if (contactPhone === null)
    return refused(
      'bad-phone',
      'The phone number is none that can be called. Nothing was booked. Ask for it again, with area ' +
        'code, or book without one.',
    );
  const answer = await context.crm.ask(context, {
    method: 'POST',
    path: '/v1/bookings',
    body: { ...input, contactPhone },
    idempotencyKey: context.toolCallId,
    answer: bookingSchema,
  });
  if (answer.kind !== 'ok') return outcomeOf(answer, (problem) => explain(problem, context.language));
  const { reference, start, end, resource } = answer.value;
  return {
    status: 'ok',
    value: { reference, start, end, resource: resource.name, spoken: spokenTime(start, context.language) },
  };
});

/**
 * Returns the number the caller shows, else the one they gave; undefined when there is neither, null when the
 * one they gave is invalid.
 */
function phoneOf(
  { callerNumber, dialledNumber }: ToolCallContext,
  given: string | undefined,
): string | undefined | null {
  const shown = shownNumber(callerNumber);
  if (shown !== null) return shown;
  return given === undefined ? undefined : normalPhone(given, dialledNumber);
}

/** A model that does its own arithmetic gets offsets wrong, most of all when the clocks have changed. */
function isOnBusinessClock(start: string, timeZone: string): boolean {
  const given = DateTime.fromISO(start, { setZone: true });
  return given.offset === given.setZone(timeZone).offset;
}

function explain(problem: CrmProblem, language: string): string {
  const reason = REASONS[problem.code];
  if (reason === undefined) return explainUnknownService(problem);
  const parsed = alternativesSchema.safeParse(problem);
  const offers = parsed.success ? parsed.data.alternatives.map((slot) => toOfferedSlot(slot, language)) : [];
  if (offers.length === 0)
    return `${reason} Nothing was booked. Ask for another day and call check_availability.`;
  const listed = offers
    .map((offer) => `${offer.spoken} with ${offer.resource} (start ${offer.start})`)
    .join('; ');
  return (
    `${reason} Nothing was booked. Free instead: ${listed}. Offer these; book one only after the caller ` +
    'agrees.'
  );
}
