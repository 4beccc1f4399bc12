import { shownNumber } from '@tandem/contracts';
import { contactsSchema } from '../crm/crm-responses.ts';
import { outcomeOf } from '../crm/outcome.ts';
import { localToday, spokenDay } from '../spoken.ts';
import { handle } from '../tool-handler.ts';
import { upcomingBookings } from '../upcoming-bookings.ts';
import { lookupCustomer } from './declaration.ts';

/**
 * Returns `known`, `showsNumber` where the caller shows none, and for a known caller the name and bookings.
 * Notes about a contact stay in the CRM: they are private, and would be read to anyone who calls from that
 * number.
 */
export const lookupCustomerHandler = handle(lookupCustomer, async (_input, context) => {
  const date = localToday(context.timeZone, Date.now());
  const today = { date, spoken: spokenDay(date, context.language) };
  const phone = shownNumber(context.callerNumber);
  if (phone === null) return { status: 'ok', value: { known: false, showsNumber: false, today } };
  const [contacts, bookings] = await Promise.all([
    context.crm.ask(context, {
      method: 'GET',
      path: '/v1/contacts',
      query: { phone, limit: '1' },
      answer: contactsSchema,
    }),
    upcomingBookings(context, phone),
  ]);
  if (contacts.kind !== 'ok') return outcomeOf(contacts);
  if (!Array.isArray(bookings)) return bookings;
  const [contact] = contacts.value.items;
  if (!contact) return { status: 'ok', value: { known: false, today } };
  const name = contact.name === null ? {} : { name: contact.name };
  return { status: 'ok', value: { known: true, ...name, upcomingBookings: bookings, today } };
});
