import { departmentSchema, visibleText } from '@tandem/contracts';
import { phoneSchema } from '@tandem/platform';
import { z } from 'zod';

const SIP_ADDRESS = /^sips?:[A-Za-z0-9._~!$&'()*+,;=%-]+@[A-Za-z0-9.-]+(:\d{1,5})?$/;

const addressSchema = z
  .string()
  .trim()
  .max(256)
  .transform((text, context) => {
    const address = SIP_ADDRESS.test(text) ? text : phoneSchema.safeParse(text).data;
    if (address) return address;
    context.addIssue({ code: 'custom', message: 'must be a phone number with country code or a SIP address such as sip:sales@example.com' });
    return z.NEVER;
  })
  .describe('A phone number with country code, or a SIP address.');

const { mode, ringMs, hours } = departmentSchema.shape;
export const putDepartmentSchema = z.strictObject({
  name: visibleText(80).describe('As the caller hears it.'),
  address: addressSchema,
  mode: mode.describe('How a call is handed over unless the agent says otherwise.'),
  ringMs: ringMs.describe('How long it rings.'),
  hours: hours
    .refine((all) => all.every(({ opensMinute, closesMinute }) => opensMinute < closesMinute), 'a department must open before it closes; hours over midnight are two entries')
    .describe('Local times of the tenant, in minutes of the day; ISO weekdays, 1 is Monday. Empty means always.'),
});
export type PutDepartment = z.output<typeof putDepartmentSchema>;
export const departmentsSchema = z.object({ items: z.array(departmentSchema) });
