import { shownNumber } from '@tandem/contracts';
import { bookingsSchema, contactsSchema } from '../crm/crm-responses.ts';
import { outcomeOf } from '../crm/outcome.ts';
import { localToday, spokenDay, spokenTime } from '../spoken.ts';
import { handle } from '../tool-handler.ts';
import { lookupCustomer } from './declaration.ts';

const MAX_UPCOMING = 3;

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
    context.crm.ask(context, {
      method: 'GET',
      path: '/v1/bookings',
      query: {
        contactPhone: phone,
        status: 'booked',
        from: new Date().toISOString(),
        limit: String(MAX_UPCOMING),
      },
      answer: bookingsSchema,
    }),
  ]);
  if (contacts.kind !== 'ok') return outcomeOf(contacts);
  if (bookings.kind !== 'ok') return outcomeOf(bookings);
  const [contact] = contacts.value.items;
  if (!contact) return { status: 'ok', value: { known: false, today } };
  const upcomingBookings = bookings.value.items.slice(0, MAX_UPCOMING).map((booking) => ({
    service: booking.service.name,
    start: booking.start,
    resource: booking.resource.name,
    reference: booking.reference,
    spoken: spokenTime(booking.start, context.language),
  }));
  return {
    status: 'ok',
    value: { known: true, ...(contact.name === null ? {} : { name: contact.name }), upcomingBookings, today },
  };
});
