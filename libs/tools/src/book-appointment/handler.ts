import { badPhone, phoneOf } from '../caller-phone.ts';
import { takenTimeSchema, type TakenTime } from '../crm/crm-responses.ts';
import { outcomeOf, refused } from '../crm/outcome.ts';
import { explainRefusedTime, explainUnclearTime, isOnBusinessClock } from '../refused-time.ts';
import { spokenTime } from '../spoken.ts';
import { spokenBooking } from '../own-booking.ts';
import { handle } from '../tool-handler.ts';
import { bookAppointmentAsked } from './declaration.ts';

/** The arguments an appointment is known by. */
type Asked = Readonly<Record<'service' | 'start', string>> &
  Readonly<Partial<Record<'zone' | 'name' | 'phone', string | undefined>>>;

const WORDS = { nothing: 'Nothing was booked.', take: 'book' };

/**
 * Books under the tool call's id, so a repeated job books once. The caller's number comes from the carrier;
 * only where it shows none the caller gives one, so that there is a number to call back. Where the caller has
 * to be asked first, the time is held for them until they have answered.
 */
export const bookAppointmentHandler = handle(
  bookAppointmentAsked,
  async ({ confirmed, ...asked }, context) => {
    const { phone, ...input } = asked;
    if (!isOnBusinessClock(input.start, context.timeZone))
      return refused('unclear-time', explainUnclearTime(WORDS.nothing));
    const contactPhone = phoneOf(context, phone);
    if (contactPhone === null) return badPhone(WORDS.nothing);
    const answer = await context.crm.ask(context, {
      method: 'POST',
      path: '/v1/bookings',
      body: { ...input, contactPhone, ...(confirmed === false ? { hold: {} } : {}) },
      idempotencyKey: context.toolCallId,
      answer: takenTimeSchema,
    });
    if (answer.kind !== 'ok')
      return outcomeOf(answer, (problem) => explainRefusedTime(problem, context.language, WORDS));
    if (answer.value.status === 'held')
      return { ...held(answer.value, context.language), confirms: termsOf(asked) };
    const { reference, start, end, resource } = answer.value;
    return {
      status: 'ok',
      value: { reference, start, end, resource: resource.name, spoken: spokenTime(start, context.language) },
    };
  },
);

function held(booking: TakenTime, language: string) {
  return refused(
    'not-confirmed',
    `It is not booked yet, but held for the caller for a few minutes: ${spokenBooking(booking, language)}, ` +
      `with ${booking.resource.name}. Repeat it and ask whether to book it. After a clear yes call again ` +
      'with exactly the same arguments and confirmed true.',
  );
}

/** Returns what the caller is asked about: with notes of other words it is the same appointment. */
const termsOf = ({ service, start, zone, name, phone }: Asked) => ({
  service,
  start,
  zone: zone ?? null,
  name: name ?? null,
  phone: phone ?? null,
  confirmed: true,
});
