import {
  departmentSchema,
  toClockHours,
  toWeeklyHours,
  visibleText,
  type Department,
} from '@tandem/contracts';
import { phoneSchema, weeklyHoursSchema } from '@tandem/platform';
import { z } from 'zod';

const SIP_ADDRESS = /^sips?:[A-Za-z0-9._~!$&'()*+,;=%-]+@[A-Za-z0-9.-]+(:\d{1,5})?$/;

const addressSchema = z
  .string()
  .trim()
  .max(256)
  .transform((text, context) => {
    const address = SIP_ADDRESS.test(text) ? text : phoneSchema.safeParse(text).data;
    if (address) return address;
    context.addIssue({
      code: 'custom',
      message: 'must be a phone number with country code or a SIP address such as sip:sales@example.com',
    });
    return z.NEVER;
  })
  .describe('A phone number with country code, or a SIP address.');

const { mode, ringMs } = departmentSchema.shape;
export const putDepartmentSchema = z
  .strictObject({
    name: visibleText(80).describe('The name the caller hears.'),
    address: addressSchema,
    mode: mode.describe('How a call is handed over unless the agent says otherwise.'),
    ringMs: ringMs.describe('How long it rings.'),
    hours: weeklyHoursSchema.default([]).describe('Local times of the tenant; empty means always.'),
  })
  .meta({
    example: {
      name: 'Sales',
      address: '+12025550199',
      mode: 'warm',
      ringMs: 25000,
      hours: [{ weekday: 1, opens: '08:00', closes: '17:00' }],
    },
  });
export type PutDepartment = z.output<typeof putDepartmentSchema>;
export const departmentsSchema = z
  .object({
    items: z.array(departmentSchema.extend({ hours: weeklyHoursSchema })),
  })
  .meta({
    example: {
      items: [
        {
          key: 'sales',
          name: 'Sales',
          address: '+12025550199',
          mode: 'warm',
          ringMs: 25000,
          hours: [{ weekday: 1, opens: '08:00', closes: '17:00' }],
        },
      ],
    },
  });

export function fromPut(key: string, { hours, ...department }: PutDepartment): Department {
  return { key, ...department, hours: hours.map(toWeeklyHours) };
}

export function toDepartmentsDto(departments: readonly Department[]): z.output<typeof departmentsSchema> {
  return {
    items: departments.map(({ hours, ...department }) => ({ ...department, hours: hours.map(toClockHours) })),
  };
}
