import { defineTool } from '@tandem/contracts';
import { z } from 'zod';

/**
 * Finds the caller by the number they call from. It has no arguments, because the number comes from us: the
 * model cannot choose it.
 */
export const lookupCustomer = defineTool({
  name: 'lookup_customer',
  description: [
    'Looks up the caller by the number they call from, and tells today’s date.',
    'Call it once, as soon as the caller has said what they want and before offering or booking ' +
      'anything. It takes no arguments.',
    'If known is true, use their first name naturally and do not ask for a name or number again. ' +
      'Mention upcomingBookings only if the caller asks about them or wants the same thing booked twice.',
    'If known is false, carry on without comment and ask for a name when booking; if showsNumber is ' +
      'false, also for a number to call back.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({}),
  cancellable: true,
  deadlineMs: 5_000,
  sentences: {
    failed:
      'The customer could not be looked up. Carry on as with a new caller, do not mention it, and ask ' +
      'for a name when booking.',
    'timed-out':
      'The customer could not be looked up in time. Carry on as with a new caller, do not mention it, ' +
      'and ask for a name when booking.',
  },
});
