import { bookingSchema } from '../crm/crm-responses.ts';
import { outcomeOf, refused } from '../crm/outcome.ts';
import { findOwnBooking, spokenBooking } from '../own-booking.ts';
import { handle } from '../tool-handler.ts';
import { cancelAppointment } from './declaration.ts';

const NOTHING = 'Nothing was cancelled.';

/** Cancels an appointment of the caller's own, once they have confirmed which one it is. */
export const cancelAppointmentHandler = handle(
  cancelAppointment,
  async ({ confirmed, ...named }, context) => {
    const found = await findOwnBooking(context, named, NOTHING);
    if (!('reference' in found)) return found;
    const spoken = spokenBooking(found, context.language);
    if (confirmed !== true)
      return {
        ...refused(
          'not-confirmed',
          `${NOTHING} The appointment is: ${spoken} (reference ${found.reference}). Repeat it to the ` +
            'caller and ask whether to cancel it. After a clear yes call again with this reference and ' +
            'confirmed true.',
        ),
        confirms: { reference: found.reference, confirmed: true },
      };
    const answer = await context.crm.ask(context, {
      method: 'DELETE',
      path: `/v1/bookings/${found.id}`,
      idempotencyKey: context.toolCallId,
      answer: bookingSchema,
    });
    if (answer.kind !== 'ok') return outcomeOf(answer);
    return { status: 'ok', value: { reference: answer.value.reference, cancelled: spoken } };
  },
);
