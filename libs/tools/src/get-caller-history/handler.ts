import { shownNumber, type ToolOutcome } from '@tandem/contracts';
import {
  bookingsSchema,
  historySchema,
  knownContactsSchema,
  type HistoryEntry,
} from '../crm/crm-responses.ts';
import { outcomeOf, refused } from '../crm/outcome.ts';
import { spokenTime } from '../spoken.ts';
import { handle, type ToolRunContext } from '../tool-handler.ts';
import { upcomingBookings } from '../upcoming-bookings.ts';
import { isVouchedFor, provesNumber } from '../vouched-caller.ts';
import { getCallerHistory } from './declaration.ts';

/** Entries that are read, and of each kind those the model is told. */
const MOST_READ = 50;
const MOST_TOLD = 5;
const MOST_CHARACTERS = 300;

const CLOSED_STAGES = new Set(['won', 'lost']);

/**
 * Returns what is known of the number that calls, and of no other. A number can be forged: the carrier must
 * vouch for it, or the caller knows the reference of an appointment that proves it to be theirs.
 */
export const getCallerHistoryHandler = handle(getCallerHistory, async ({ reference }, context) => {
  const phone = shownNumber(context.callerNumber);
  if (phone === null) return noNumber();
  const refusal = await refuseUnproven(context, phone, reference);
  if (refusal) return refusal;
  const contacts = await context.crm.ask(context, {
    method: 'GET',
    path: '/v1/contacts',
    query: { phone, limit: '1' },
    answer: knownContactsSchema,
  });
  if (contacts.kind !== 'ok') return outcomeOf(contacts);
  const [contact] = contacts.value.items;
  if (!contact) return { status: 'ok', value: { known: false } };
  const [bookings, history] = await Promise.all([
    upcomingBookings(context, phone),
    context.crm.ask(context, {
      method: 'GET',
      path: `/v1/contacts/${contact.id}/history`,
      query: { limit: String(MOST_READ) },
      answer: historySchema,
    }),
  ]);
  if (!Array.isArray(bookings)) return bookings;
  if (history.kind !== 'ok') return outcomeOf(history);
  const name = contact.name === null ? {} : { name: contact.name };
  const told = tell(history.value.items, context);
  return { status: 'ok', value: { known: true, ...name, upcomingBookings: bookings, ...told } };
});

/** Returns the refusal of a caller whose number nobody vouches for; null for one who may hear the history. */
async function refuseUnproven(
  context: ToolRunContext,
  contactPhone: string,
  reference: string | undefined,
): Promise<ToolOutcome | null> {
  if (isVouchedFor(context)) return null;
  if (reference === undefined) return notProven();
  const answer = await context.crm.ask(context, {
    method: 'GET',
    path: '/v1/bookings',
    query: { contactPhone, reference, limit: '1' },
    answer: bookingsSchema,
  });
  if (answer.kind !== 'ok') return outcomeOf(answer);
  return answer.value.items.some((booking) => provesNumber(booking, context)) ? null : notProven();
}

const noNumber = () =>
  refused(
    'no-number',
    'The caller shows no number that can be relied on, so nothing earlier may be told. Ask them to say ' +
      'what it is about.',
  );
const notProven = () =>
  refused(
    'not-verified',
    'The number they call from is not verified, so nothing earlier may be told. Ask for the reference of ' +
      'an earlier appointment of theirs, none that was booked in this call, and call again with it. ' +
      'Without one, ask them to say what it is about.',
  );

function tell(entries: readonly HistoryEntry[], { callId, language }: ToolRunContext) {
  const calls = entries.filter((entry) => entry.kind === 'call').filter(({ id }) => id !== callId);
  const leads = entries.filter((entry) => entry.kind === 'lead');
  const messages = entries.filter((entry) => entry.kind === 'staff-message');
  const when = (at: string) => spokenTime(at, language);
  return {
    calls: calls
      .slice(0, MOST_TOLD)
      .map(({ at, outcome }) => ({ spoken: when(at), ...(outcome === null ? {} : { outcome }) })),
    openRequests: leads
      .filter(({ stage }) => !CLOSED_STAGES.has(stage))
      .slice(0, MOST_TOLD)
      .map(({ at, summary }) => ({ spoken: when(at), summary: summary.slice(0, MOST_CHARACTERS) })),
    openMessages: messages
      .filter(({ state }) => state === 'open')
      .slice(0, MOST_TOLD)
      .map(({ at, body }) => ({ spoken: when(at), message: body.slice(0, MOST_CHARACTERS) })),
  };
}
