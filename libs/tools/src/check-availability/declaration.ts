import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { localDateSchema, serviceSchema, zoneSchema } from '../arguments.ts';

export const checkAvailability = defineTool({
  name: 'check_availability',
  description: [
    'Finds free appointments of one service on one day.',
    'Call it whenever the caller names or changes a day, and again for another part of the day or ' +
      'another day. Never offer a time this tool has not returned in this call.',
    'Then offer two or three of the slots, in the words of "spoken". If "explanation" is there, tell ' +
      'the caller why nothing is free and offer the day it names. If "note" is there, there are more ' +
      'times than those listed.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    service: serviceSchema,
    date: localDateSchema.describe(
      'The day, as YYYY-MM-DD in the local time of the business. Work it out from today’s date.',
    ),
    partOfDay: z
      .enum(['morning', 'afternoon', 'any'])
      .optional()
      .describe('Only if the caller prefers one. Morning ends at noon.'),
    zone: zoneSchema,
  }),
  cancellable: true,
  deadlineMs: 6_000,
  sentences: {
    failed:
      'The calendar could not be read just now. Nothing was booked. Tell the caller, offer to try once ' +
      'more, and if it fails again that a colleague will call back.',
    'timed-out':
      'The calendar did not answer in time. Nothing was booked. Tell the caller, offer to try once ' +
      'more, and if it fails again that a colleague will call back.',
  },
});
