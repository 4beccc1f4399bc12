import type { ResourceLeave } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { reasonSchema } from '../http/fields.ts';
import { LEFT_BOOKINGS_EXAMPLE, leftBookingsSchema } from './resource.dto.ts';

const LOCAL_TIME = /^2\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d$/;

const localTimeSchema = z
  .string()
  .refine(
    (text) => LOCAL_TIME.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid,
    'must be a local date and time as YYYY-MM-DDTHH:MM',
  )
  .describe('Date and time by the clock of the business, YYYY-MM-DDTHH:MM.');

export const leaveParametersSchema = z.object({ id: z.uuid(), leaveId: z.uuid() });
export type LeaveParameters = z.output<typeof leaveParametersSchema>;

export const listLeaveSchema = z.object(pageQuery);
export type ListLeave = z.output<typeof listLeaveSchema>;

const fields = {
  start: localTimeSchema,
  end: localTimeSchema.describe(
    'The first minute after it, by the same clock: a whole day ends at 00:00 of the next one.',
  ),
  reason: reasonSchema,
};

export const addLeaveSchema = z.strictObject(fields).refine(({ start, end }) => start < end, {
  path: ['end'],
  message: 'must be after start',
});
export type AddLeave = z.output<typeof addLeaveSchema>;

export const leaveSchema = z.object({ id: z.uuid(), ...fields, createdAt: z.string() });
export type LeaveDto = z.output<typeof leaveSchema>;
export const leavePageSchema = pageOf(leaveSchema);
export const addedLeaveSchema = leaveSchema.extend(leftBookingsSchema.shape);

export function toLeaveDto(
  { id, startsAt, endsAt, reason, createdAt }: ResourceLeave,
  zone: string,
): LeaveDto {
  return {
    id,
    start: localTime(startsAt, zone),
    end: localTime(endsAt, zone),
    reason,
    createdAt: createdAt.toISOString(),
  };
}

const localTime = (at: Date, zone: string): string =>
  DateTime.fromJSDate(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm");

export const NEW_LEAVE_EXAMPLE = {
  start: '2027-03-04T12:00',
  end: '2027-03-09T00:00',
  reason: 'Training',
} satisfies AddLeave;

export const LEAVE_EXAMPLE: LeaveDto = {
  id: '7a0c1d3e-0000-4000-8005-000000000001',
  ...NEW_LEAVE_EXAMPLE,
  createdAt: '2027-02-20T09:30:00.000Z',
};

export const ADDED_LEAVE_EXAMPLE: z.output<typeof addedLeaveSchema> = {
  ...LEAVE_EXAMPLE,
  ...LEFT_BOOKINGS_EXAMPLE,
};
