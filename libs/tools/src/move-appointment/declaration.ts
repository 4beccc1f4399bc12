import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { bookedNameSchema, listedStartSchema, offsetInstantSchema, referenceSchema } from '../arguments.ts';

export const moveAppointment = defineTool({
  name: 'move_appointment',
  description: [
    'Moves an appointment of the caller’s to another time. Find a free time with check_availability first; ' +
      'call this only after you have repeated the old and the new time and the caller has clearly said yes.',
    'It knows the appointments of the number they call from. If it asks for a reference and a name, ask ' +
      'the caller for both.',
    'When it says ok, tell the caller the new day and time as in "spoken", and who comes. When it is ' +
      'refused, the appointment stays as it is: say why in a few words and do as the message says.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    start: offsetInstantSchema.describe(
      'The "start" of a slot from check_availability, copied exactly, offset included.',
    ),
    reference: referenceSchema,
    appointment: listedStartSchema,
    name: bookedNameSchema,
  }),
  cancellable: false,
  deadlineMs: 8_000,
  lateMs: 60_000,
  sentences: {
    failed:
      'The booking system had a fault and it is not certain whether the appointment was moved. Do not say ' +
      'that it was, nor that it was not. Say that a colleague will check and call back to confirm.',
    'timed-out':
      'The booking system did not answer in time and it is not certain whether the appointment was moved. ' +
      'Do not say that it was, nor that it was not. Say that a colleague will check and call back to ' +
      'confirm.',
  },
});
