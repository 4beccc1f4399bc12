import { defineTool, type ToolDeclaration } from '@tandem/contracts';
import { z } from 'zod';
import {
  callerNameSchema,
  callerPhoneSchema,
  offsetInstantSchema,
  serviceSchema,
  zoneSchema,
} from '../arguments.ts';

const fields = {
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
};
const BOOKED =
  'When it says ok, tell the caller the day and time as in "spoken", who comes, and the reference one ' +
  'character at a time. Only then is it booked.';
const spec = {
  name: 'book_appointment',
  place: 'worker',
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
} as const;

export const bookAppointment = defineTool({
  ...spec,
  description: [
    'Books an appointment for the caller. Call it only after you have repeated service, day and time ' +
      'and the caller has clearly said yes.',
    BOOKED,
    'When it is refused, nothing was booked: say why in a few words and offer what the message names.',
  ].join(' '),
  arguments: z.object(fields),
});

/** As jobs carry it: `confirmed` is absent where nobody has to be asked. */
export const bookAppointmentAsked = defineTool({
  ...spec,
  description: [
    'Books an appointment for the caller. Call it first without confirmed, as soon as the caller has ' +
      'chosen a time: it then books nothing, but holds the time for them. Repeat service, day and time ' +
      'and ask whether to book it; only after a clear yes call again with the same arguments and ' +
      'confirmed true.',
    BOOKED,
    'When it is refused for another reason, nothing was booked: say why in a few words and offer what the ' +
      'message names.',
  ].join(' '),
  arguments: z.object({
    ...fields,
    confirmed: z
      .boolean()
      .optional()
      .describe('true only after the caller has said yes to booking this very appointment.'),
  }),
  confirm: 'when-confirmed',
});

/** The tool of an agent whose policy has callers asked: what is not confirmed is held. */
export const bookAppointmentOnceAsked: ToolDeclaration = {
  ...bookAppointmentAsked,
  parse(input) {
    const parsed = bookAppointmentAsked.parse(input);
    return parsed.ok
      ? { ok: true, value: { ...parsed.value, confirmed: parsed.value.confirmed ?? false } }
      : parsed;
  },
};
