import type { ToolOutcome } from '@tandem/contracts';
import { askComingBookings } from './crm/coming-bookings.ts';
import { bookingsSchema } from './crm/crm-responses.ts';
import { outcomeOf } from './crm/outcome.ts';
import { spokenTime } from './spoken.ts';
import type { ToolRunContext } from './tool-handler.ts';
import { mayHearReference } from './vouched-caller.ts';

const MOST = 3;

/** An appointment that is still to come, for the model. */
interface UpcomingBooking {
  [field: string]: string;
}

/**
 * Returns the next appointments of the number that calls, their references only where the caller may hear
 * them; or the outcome of a request that failed.
 */
export async function upcomingBookings(
  context: ToolRunContext,
  contactPhone: string,
): Promise<UpcomingBooking[] | ToolOutcome> {
  const answer = await askComingBookings(context, { contactPhone }, MOST, bookingsSchema);
  if (answer.kind !== 'ok') return outcomeOf(answer);
  return answer.value.items.slice(0, MOST).map((booking) => ({
    service: booking.service.name,
    start: booking.start,
    resource: booking.resource.name,
    ...(mayHearReference(booking, context) ? { reference: booking.reference } : {}),
    spoken: spokenTime(booking.start, context.language),
  }));
}
