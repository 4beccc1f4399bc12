import { shownNumber, type ToolOutcome } from '@tandem/contracts';
import { askComingBookings } from './crm/coming-bookings.ts';
import { ownBookingsSchema, type OwnBooking } from './crm/crm-responses.ts';
import { outcomeOf, refused } from './crm/outcome.ts';
import { spokenTime } from './spoken.ts';
import type { ToolRunContext } from './tool-handler.ts';
import { mayHearReference } from './vouched-caller.ts';

/*
 * A caller changes appointments of their own only: those of the number the carrier gives, or one whose
 * reference and name they say. A reference alone is no proof: callers read it out loud. Where nobody vouches
 * for the number, an appointment is named by its start, for its reference would prove the number elsewhere.
 */

/** The words of a caller for their appointment. */
interface Named {
  readonly reference?: string | undefined;
  /** The start of one that was named without its reference. */
  readonly appointment?: string | undefined;
  readonly name?: string | undefined;
}

const MOST = 10;

const SEVERAL = 'The caller has several appointments.';
const OTHER_TIME = 'The caller has no appointment at that time.';

/**
 * Returns the coming appointment that the caller means, or the outcome that says what to ask for.
 * @param nothing the sentence that says what was not done
 */
export async function findOwnBooking(
  context: ToolRunContext,
  named: Named,
  nothing: string,
): Promise<OwnBooking | ToolOutcome> {
  const { reference, name } = named;
  const own = await ofNumber(context);
  if (!Array.isArray(own)) return own;
  const meant = own.filter((booking) => isMeant(booking, named));
  const [first, ...others] = meant;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) return askWhich(meant, context, nothing);
  if (reference === undefined && own.length > 0) return askWhich(own, context, nothing);
  if (reference === undefined || name === undefined) return askReference(nothing);
  return ofReference(context, reference, name, nothing);
}

function isMeant(booking: OwnBooking, { reference, appointment }: Named): boolean {
  if (reference !== undefined) return booking.reference === written(reference);
  return appointment === undefined || Date.parse(booking.start) === Date.parse(appointment);
}

/** Returns how a tool names an appointment to the model: by its reference where the caller may hear it. */
export function handleOf(
  booking: OwnBooking,
  { reference }: Named,
  context: ToolRunContext,
): { reference: string } | { appointment: string } {
  const isSaid = reference !== undefined && written(reference) === booking.reference;
  return isSaid || mayHearReference(booking, context)
    ? { reference: booking.reference }
    : { appointment: booking.start };
}

/** Returns the handle of an appointment for a sentence: "reference K48215". */
export const spokenHandle = (handle: ReturnType<typeof handleOf>): string =>
  Object.entries(handle)
    .map(([kind, value]) => `${kind} ${value}`)
    .join();

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

function askWhich(bookings: readonly OwnBooking[], context: ToolRunContext, nothing: string): ToolOutcome {
  const offered = bookings.map((booking) => ({ booking, handle: handleOf(booking, {}, context) }));
  const kinds = [...new Set(offered.flatMap(({ handle }) => Object.keys(handle)))].join(' or ');
  const listed = offered
    .map(({ booking, handle }) => `${spokenBooking(booking, context.language)} (${spokenHandle(handle)})`)
    .join('; ');
  return refused(
    'which-appointment',
    `${bookings.length > 1 ? SEVERAL : OTHER_TIME} ${nothing} Ask which one they mean, and call again ` +
      `with its ${kinds}: ${listed}.`,
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
