import { bookingSchema } from '../crm/crm-responses.ts';
import { outcomeOf, refused } from '../crm/outcome.ts';
import { findOwnBooking, handleOf } from '../own-booking.ts';
import { explainRefusedTime, explainUnclearTime, isOnBusinessClock } from '../refused-time.ts';
import { spokenTime } from '../spoken.ts';
import { handle } from '../tool-handler.ts';
import { moveAppointment } from './declaration.ts';

const WORDS = { nothing: 'Nothing was moved.', take: 'move to' };

/** Moves an appointment of the caller's own; one that is at that time already counts as moved. */
export const moveAppointmentHandler = handle(moveAppointment, async ({ start, ...named }, context) => {
  if (!isOnBusinessClock(start, context.timeZone))
    return refused('unclear-time', explainUnclearTime(WORDS.nothing));
  const found = await findOwnBooking(context, named, WORDS.nothing);
  if (!('reference' in found)) return found;
  const isThereAlready = Date.parse(found.start) === Date.parse(start);
  const answer = isThereAlready
    ? { kind: 'ok' as const, value: found }
    : await context.crm.ask(context, {
        method: 'PATCH',
        path: `/v1/bookings/${found.id}`,
        body: { start },
        idempotencyKey: context.toolCallId,
        answer: bookingSchema,
      });
  if (answer.kind !== 'ok')
    return outcomeOf(answer, (problem) => explainRefusedTime(problem, context.language, WORDS));
  const { start: startsAt, end, resource } = answer.value;
  const spoken = spokenTime(startsAt, context.language);
  const handle = handleOf({ ...found, start: startsAt }, named, context);
  return { status: 'ok', value: { ...handle, start: startsAt, end, resource: resource.name, spoken } };
});
