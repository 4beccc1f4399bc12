import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import {
  callerNameSchema,
  callerPhoneSchema,
  forWhomSchema,
  sentencesSchema,
  urgencySchema,
} from '../arguments.ts';

export const takeMessage = defineTool({
  name: 'take_message',
  description: [
    'Takes a message for the people of the company. Call it when the caller wants something passed on, or ' +
      'when the person they want cannot be reached. Repeat the message in your words first and ask whether ' +
      'it is right.',
    'If they want to be called back at a time they name, use schedule_callback instead.',
    'Only when it says ok has the message been left. Never promise what will come of it.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    message: sentencesSchema.describe(
      'The message, so that somebody who was not in the call understands it.',
    ),
    forWhom: forWhomSchema,
    urgency: urgencySchema,
    callbackWanted: z.boolean().optional().describe('true if they ask to be called back, at any time.'),
    name: callerNameSchema,
    phone: callerPhoneSchema,
  }),
  cancellable: false,
  deadlineMs: 6_000,
  lateMs: 60_000,
});
