import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { callerNameSchema, callerPhoneSchema, sentencesSchema, urgencySchema } from '../arguments.ts';

export const createLead = defineTool({
  name: 'create_lead',
  description: [
    'Puts on record that the caller may become a customer: they ask for a quote, an offer or something ' +
      'that cannot be booked as an appointment. Call it once for each request, when you know what they ' +
      'want and who they are.',
    'It promises nothing: say that a colleague will get in touch, never when or at what price.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    summary: sentencesSchema.describe('What they want, where, and by when, in one or two sentences.'),
    urgency: urgencySchema,
    name: callerNameSchema,
    phone: callerPhoneSchema,
  }),
  cancellable: false,
  deadlineMs: 6_000,
  lateMs: 60_000,
});
