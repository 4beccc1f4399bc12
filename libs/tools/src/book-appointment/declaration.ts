import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import {
  callerNameSchema,
  callerPhoneSchema,
  offsetInstantSchema,
  serviceSchema,
  zoneSchema,
} from '../arguments.ts';

export const bookAppointment = defineTool({
  name: 'book_appointment',
  description: [
    'Books an appointment for the caller. Call it only after you have repeated service, day and time ' +
      'and the caller has clearly said yes.',
    'When it says ok, tell the caller the day and time as in "spoken", who comes, and the reference one ' +
      'character at a time. Only then is it booked.',
    'When it is refused, nothing was booked: say why in a few words and offer what the message names.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    service: serviceSchema,
    start: offsetInstantSchema.describe(
      'The "start" of a slot from check_availability, copied exactly, offset included.',
    ),
    zone: zoneSchema,
    name: callerNameSchema,
    phone: callerPhoneSchema,
    notes: z
      .string()
      .trim()
      .max(500)
      .optional()
      .describe(
        'What the engineer should know, in one or two sentences: the problem, the address if given, how ' +
          'to get in.',
      ),
  }),
  cancellable: false,
  deadlineMs: 8_000,
  lateMs: 60_000,
  sentences: {
    failed:
      'The booking system had a fault and it is not certain whether the appointment exists. Do not say ' +
      'that it is booked, nor that it is not. Say that a colleague will check and call back to confirm.',
    'timed-out':
      'The booking system did not answer in time and it is not certain whether the appointment exists. ' +
      'Do not say that it is booked, nor that it is not. Say that a colleague will check and call back ' +
      'to confirm.',
  },
});
