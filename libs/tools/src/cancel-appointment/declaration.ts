import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { bookedNameSchema, listedStartSchema, referenceSchema } from '../arguments.ts';

export const cancelAppointment = defineTool({
  name: 'cancel_appointment',
  description: [
    'Cancels an appointment of the caller’s. Call it first without confirmed: it then cancels nothing and ' +
      'names the appointment. Repeat it to the caller and ask whether to cancel it; only after a clear yes ' +
      'call again with confirmed true.',
    'It knows the appointments of the number they call from. If it asks for a reference and a name, ask ' +
      'the caller for both.',
    'Only when it says ok is the appointment cancelled. When the caller wants another time instead, use ' +
      'move_appointment.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    reference: referenceSchema,
    appointment: listedStartSchema,
    name: bookedNameSchema,
    confirmed: z
      .boolean()
      .optional()
      .describe('true only after the caller has said yes to cancelling this very appointment.'),
  }),
  cancellable: false,
  confirm: 'when-confirmed',
  deadlineMs: 8_000,
  lateMs: 60_000,
  sentences: {
    failed:
      'The booking system had a fault and it is not certain whether the appointment is cancelled. Do not ' +
      'say that it is, nor that it is not. Say that a colleague will check and call back to confirm.',
    'timed-out':
      'The booking system did not answer in time and it is not certain whether the appointment is ' +
      'cancelled. Do not say that it is, nor that it is not. Say that a colleague will check and call back ' +
      'to confirm.',
  },
});
