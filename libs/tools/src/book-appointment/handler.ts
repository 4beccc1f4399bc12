import { badPhone, phoneOf } from '../caller-phone.ts';
import { bookingSchema } from '../crm/crm-responses.ts';
import { outcomeOf, refused } from '../crm/outcome.ts';
import { explainRefusedTime, explainUnclearTime, isOnBusinessClock } from '../refused-time.ts';
import { spokenTime } from '../spoken.ts';
import { handle } from '../tool-handler.ts';
import { bookAppointment } from './declaration.ts';

const WORDS = { nothing: 'Nothing was booked.', take: 'book' };

/**
 * Books under the tool call's id, so a repeated job books once. The caller's number comes from the carrier;
 * only where it shows none the caller gives one, so that there is a number to call back.
 */
export const bookAppointmentHandler = handle(bookAppointment, async ({ phone, ...input }, context) => {
  if (!isOnBusinessClock(input.start, context.timeZone))
    return refused('unclear-time', explainUnclearTime(WORDS.nothing));
  const contactPhone = phoneOf(context, phone);
  if (contactPhone === null) return badPhone(WORDS.nothing);
  const answer = await context.crm.ask(context, {
    method: 'POST',
    path: '/v1/bookings',
    body: { ...input, contactPhone },
    idempotencyKey: context.toolCallId,
    answer: bookingSchema,
  });
  if (answer.kind !== 'ok')
    return outcomeOf(answer, (problem) => explainRefusedTime(problem, context.language, WORDS));
  const { reference, start, end, resource } = answer.value;
  return {
    status: 'ok',
    value: { reference, start, end, resource: resource.name, spoken: spokenTime(start, context.language) },
  };
});
