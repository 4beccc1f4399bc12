import { z } from 'zod';

/**
 * How often a tool may be used, whatever the model wants. The worker keeps count, so tools of the call itself
 * have no limits.
 */
export const toolLimitsSchema = z.object({
  /** In one call. */
  maxPerCall: z.number().int().min(1).max(200).optional(),
  /** For one caller, by their number, on one day of the business. A caller without a number: in one call. */
  maxPerCallerPerDay: z.number().int().min(1).max(1_000).optional(),
});
export type ToolLimits = z.output<typeof toolLimitsSchema>;

/** The limits of an agent's tools, by name. */
export const toolPolicySchema = z.record(z.string().max(64), toolLimitsSchema);
