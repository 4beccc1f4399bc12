import { z } from 'zod';

/** Most parameters of one call, and the longest name and value in characters. */
export const CALL_PARAMETER_LIMITS = { count: 16, name: 40, value: 256 } as const;

const { count, name, value } = CALL_PARAMETER_LIMITS;
/**
 * Facts that an app gives to a call it places, such as the page its user is on. Untrusted, and perhaps
 * personal data: sealed wherever they are kept.
 */
export const callParametersSchema = z
  .record(z.string().min(1).max(name), z.string().max(value))
  .refine((parameters) => Object.keys(parameters).length <= count, `must be ${count} at most`);
export type CallParameters = z.infer<typeof callParametersSchema>;
