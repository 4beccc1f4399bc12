import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import {
  callerNameSchema,
  callerPhoneSchema,
  forWhomSchema,
  localDateSchema,
  localTimeSchema,
  sentencesSchema,
  urgencySchema,
} from '../arguments.ts';

export const scheduleCallback = defineTool({
  name: 'schedule_callback',
  description: [
    'Asks the people of the company to call the caller back at a time that suits the caller. Call it after ' +
      'you have repeated day and time and the caller has clearly said yes.',
    'When it says ok, tell them the day and time as in "spoken". When it is refused, no callback is ' +
      'planned: say why in a few words and ask for another time.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    date: localDateSchema.describe(
      'The day, as YYYY-MM-DD in the local time of the business. Work it out from today’s date.',
    ),
    from: localTimeSchema.describe('The earliest local time that suits, as HH:MM.'),
    until: localTimeSchema.optional().describe('The latest, as HH:MM. Left out: an hour later.'),
    about: sentencesSchema.describe('What they want to talk about, in one or two sentences.'),
    forWhom: forWhomSchema,
    urgency: urgencySchema,
    name: callerNameSchema,
    phone: callerPhoneSchema,
  }),
  cancellable: false,
  deadlineMs: 6_000,
  lateMs: 60_000,
});
