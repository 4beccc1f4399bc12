import { bookingSchema } from '../crm/crm-responses.ts';
import { outcomeOf, refused } from '../crm/outcome.ts';
import { findOwnBooking, handleOf, spokenBooking, spokenHandle } from '../own-booking.ts';
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
    const handle = handleOf(found, named, context);
    if (confirmed !== true)
      return {
        ...refused(
          'not-confirmed',
          `${NOTHING} The appointment is: ${spoken} (${spokenHandle(handle)}). Repeat it to the caller ` +
            `and ask whether to cancel it. After a clear yes call again with this ` +
            `${Object.keys(handle).join()} and confirmed true.`,
        ),
        confirms: { ...handle, confirmed: true },
      };
    const answer = await context.crm.ask(context, {
      method: 'DELETE',
      path: `/v1/bookings/${found.id}`,
      idempotencyKey: context.toolCallId,
      answer: bookingSchema,
    });
    if (answer.kind !== 'ok') return outcomeOf(answer);
    return { status: 'ok', value: { ...handle, cancelled: spoken } };
  },
);
