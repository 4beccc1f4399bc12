import { z } from 'zod';
import { partySchema } from '../words/phone-number.ts';

/** A transfer destination: an entry of the tenant's directory, as it stood at admission. */
export const departmentSchema = z.object({
  /** The name the model uses: `sales`. */
  key: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  /** As the caller hears it. */
  name: z.string().min(1).max(80),
  /** E.164 or a SIP address. */
  address: partySchema.min(3),
  /** How a call is handed over unless the agent says otherwise. */
  mode: z.enum(['cold', 'warm']).default('warm'),
  /** How long it rings. */
  ringMs: z.number().int().min(5_000).max(120_000).default(25_000),
  /** Local times of the tenant; empty means always. Weekdays are ISO, minutes of the day. */
  hours: z
    .array(
      z.object({
        weekday: z.number().int().min(1).max(7),
        opensMinute: z.number().int().min(0).max(1440),
        closesMinute: z.number().int().min(0).max(1440),
      }),
    )
    .max(50)
    .default([]),
});
export type Department = z.infer<typeof departmentSchema>;
