import { z } from 'zod';

/** Most parameters of one call, and the longest name and value in characters. */
export const CALL_PARAMETER_LIMITS = { count: 16, name: 40, value: 256 } as const;

const { count, name, value } = CALL_PARAMETER_LIMITS;
/**
 * What an app said of a call it placed, such as the page its user was on. Untrusted, and perhaps personal
 * data: sealed wherever it is kept.
 */
export const callParametersSchema = z
  .record(z.string().min(1).max(name), z.string().max(value))
  .refine((parameters) => Object.keys(parameters).length <= count, `must be ${count} at most`);
export type CallParameters = z.infer<typeof callParametersSchema>;
