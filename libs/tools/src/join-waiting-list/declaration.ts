import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import {
  callerNameSchema,
  callerPhoneSchema,
  localDateSchema,
  serviceSchema,
  zoneSchema,
} from '../arguments.ts';

export const joinWaitingList = defineTool({
  name: 'join_waiting_list',
  description: [
    'Puts the caller on the waiting list of a service: when somebody cancels, the time is held for them ' +
      'and they are told. Offer it only when check_availability has found no time that suits them, and ' +
      'call it after the caller has agreed to the days.',
    'When it says ok, repeat the days as in "spoken". Say that nothing is booked, and that they are told ' +
      'at their number if a time becomes free.',
    'When it is refused, they are not on the list: say why in a few words and offer what the message names.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    service: serviceSchema,
    from: localDateSchema.describe(
      'The first day that suits, as YYYY-MM-DD in the local time of the business.',
    ),
    until: localDateSchema.describe('The last day that suits, as YYYY-MM-DD.'),
    partOfDay: z
      .enum(['morning', 'afternoon', 'any'])
      .optional()
      .describe('Only if nothing else suits the caller. Morning ends at noon.'),
    zone: zoneSchema,
    name: callerNameSchema,
    phone: callerPhoneSchema,
    notes: z
      .string()
      .trim()
      .max(500)
      .optional()
      .describe('What the engineer should know, in one or two sentences.'),
  }),
  cancellable: false,
  deadlineMs: 8_000,
  lateMs: 60_000,
  sentences: {
    failed:
      'The booking system had a fault and it is not certain whether the caller is on the waiting list. Do ' +
      'not say that they are, nor that they are not. Offer that a colleague calls back.',
    'timed-out':
      'The booking system did not answer in time and it is not certain whether the caller is on the ' +
      'waiting list. Do not say that they are, nor that they are not. Offer that a colleague calls back.',
  },
});
