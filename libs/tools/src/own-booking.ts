import { shownNumber, type ToolOutcome } from '@tandem/contracts';
import { askComingBookings } from './crm/coming-bookings.ts';
import { ownBookingsSchema, type OwnBooking } from './crm/crm-responses.ts';
import { outcomeOf, refused } from './crm/outcome.ts';
import { spokenTime } from './spoken.ts';
import type { ToolRunContext } from './tool-handler.ts';

/*
 * A caller changes appointments of their own only: those of the number the carrier gives, or one whose
 * reference and name they say. A reference alone is no proof: callers read it out loud.
 */

/** The words of a caller for their appointment. */
interface Named {
  readonly reference?: string | undefined;
  readonly name?: string | undefined;
}

const MOST = 10;

/**
 * Returns the coming appointment that the caller means, or the outcome that says what to ask for.
 * @param nothing the sentence that says what was not done
 */
export async function findOwnBooking(
  context: ToolRunContext,
  { reference, name }: Named,
  nothing: string,
): Promise<OwnBooking | ToolOutcome> {
  const own = await ofNumber(context);
  if (!Array.isArray(own)) return own;
  const meant =
    reference === undefined ? own : own.filter((booking) => booking.reference === written(reference));
  const [first, ...others] = meant;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) return askWhich(meant, context.language, nothing);
  if (reference === undefined || name === undefined) return askReference(nothing);
  return ofReference(context, reference, name, nothing);
}

/** Returns the words for an appointment: "Plumbing visit, Tuesday, March 2 at 9 AM". */
export function spokenBooking(
  { service, start }: Pick<OwnBooking, 'service' | 'start'>,
  language: string,
): string {
  return `${service.name}, ${spokenTime(start, language)}`;
}

/** Returns the coming appointments of the number that calls; none for a caller who shows none. */
async function ofNumber(context: ToolRunContext): Promise<OwnBooking[] | ToolOutcome> {
  const contactPhone = shownNumber(context.callerNumber);
  if (contactPhone === null) return [];
  const answer = await askComingBookings(context, { contactPhone }, MOST, ownBookingsSchema);
  return answer.kind === 'ok' ? answer.value.items : outcomeOf(answer);
}

async function ofReference(
  context: ToolRunContext,
  reference: string,
  name: string,
  nothing: string,
): Promise<OwnBooking | ToolOutcome> {
  const answer = await askComingBookings(context, { reference }, 1, ownBookingsSchema);
  if (answer.kind !== 'ok') return outcomeOf(answer);
  const [booking] = answer.value.items;
  if (booking && isInName(booking, name)) return booking;
  return refused(
    'no-such-appointment',
    `There is no coming appointment with this reference in this name. ${nothing} Ask for both again, one ` +
      'character of the reference at a time. If it does not match then, offer that a colleague calls back.',
  );
}

function askWhich(bookings: readonly OwnBooking[], language: string, nothing: string): ToolOutcome {
  const listed = bookings
    .map((booking) => `${spokenBooking(booking, language)} (reference ${booking.reference})`)
    .join('; ');
  return refused(
    'which-appointment',
    `The caller has several appointments. ${nothing} Ask which one they mean, and call again with its ` +
      `reference: ${listed}.`,
  );
}

function askReference(nothing: string): ToolOutcome {
  return refused(
    'reference-needed',
    `No coming appointment of the number they call from is found. ${nothing} Ask for the reference of the ` +
      'appointment and the name it was booked in, and call again with both.',
  );
}

function isInName({ name, contact }: OwnBooking, said: string): boolean {
  const names = [name, contact?.name ?? null].filter((known) => known !== null);
  return names.some((known) => spelling(known) === spelling(said));
}

/** Returns a name without what is not heard: accents, capitals, punctuation. */
function spelling(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^\p{Letter}\p{Number}]+/gu, ' ')
    .trim()
    .toLowerCase();
}

/** Returns a reference as it is written, however it was said: `k 48-215` is K48215. */
function written(reference: string): string {
  return reference.replace(/[\s.-]/g, '').toUpperCase();
}
