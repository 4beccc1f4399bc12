import { z } from 'zod';

/** The largest sum that a limit by value may be. */
const MAX_VALUE = 1_000_000_000;

const maxValueSchema = z.number().positive().max(MAX_VALUE).optional();

/** How much a tool may move: the sum of one of its arguments, such as an amount of money. */
export const toolValueLimitsSchema = z
  .object({
    /** The argument that is the value; a number. */
    argument: z.string().min(1).max(64),
    /** In one use. */
    max: maxValueSchema,
    maxPerCall: maxValueSchema,
    maxPerCallerPerDay: maxValueSchema,
    /** The sum of all callers of the business together. */
    maxPerDay: maxValueSchema,
  })
  .refine(
    ({ argument: _argument, ...most }) => Object.values(most).some((value) => value !== undefined),
    'must have at least one of max, maxPerCall, maxPerCallerPerDay, maxPerDay',
  );
export type ToolValueLimits = z.output<typeof toolValueLimitsSchema>;

/**
 * How often a tool may be used, and how much it may move, whatever the model wants. The worker keeps count,
 * so tools of the call itself have no limits.
 */
export const toolLimitsSchema = z.object({
  /** In one call. */
  maxPerCall: z.number().int().min(1).max(200).optional(),
  /** For one caller, by their number, on one day of the business. A caller without a number: in one call. */
  maxPerCallerPerDay: z.number().int().min(1).max(1_000).optional(),
  /** For all callers of the business together, on one day of the business. */
  maxPerDay: z.number().int().min(1).max(100_000).optional(),
  value: toolValueLimitsSchema.optional(),
});
export type ToolLimits = z.output<typeof toolLimitsSchema>;

const toolRulesSchema = toolLimitsSchema.extend({
  /** Runs once the caller was asked and has answered. What is booked is held meanwhile. By default false. */
  confirm: z.boolean().optional(),
});
export type ToolRules = z.output<typeof toolRulesSchema>;

/** The rules for an agent's tools, by name. */
export const toolPolicySchema = z.record(z.string().max(64), toolRulesSchema);
