import { createHash } from 'node:crypto';
import { z } from 'zod';
import { checkParameters, declaredArguments } from '../tools/tool-parameters.ts';
import { canonical } from '../words/canonical.ts';
import { languageSchema } from '../words/locale.ts';
import { visibleText } from '../words/text.ts';

/*
 * The analysis of a call that is over: a summary, an outcome from the agent's own list, data by the agent's
 * own schema, and follow-ups. docs/after-call.md.
 */

const MAX_OUTCOMES = 30;

const outcomeSchema = z.object({
  key: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, 40 at most'),
  /** When it applies, for the model. */
  description: visibleText(300),
});

/** The settings of an agent for the analysis of its calls. */
export const afterCallSchema = z.object({
  summary: z.boolean().default(true),
  /** Longest summary, in characters. */
  maxSummaryLength: z.number().int().min(100).max(2_000).default(600),
  /** BCP 47, of the summary and the follow-ups; absent for the agent's own language. */
  language: languageSchema.optional(),
  /** The outcomes a call can have; none for the built-in dispositions only. */
  outcomes: z
    .array(outcomeSchema)
    .max(MAX_OUTCOMES)
    .refine((outcomes) => new Set(outcomes.map(({ key }) => key)).size === outcomes.length, {
      message: 'two outcomes have the same key',
    })
    .default([]),
  /** JSON Schema of the data to extract, in the subset of HTTP tools. */
  extraction: z
    .record(z.string(), z.unknown())
    .superRefine(checkParameters)
    .refine((schema) => declaredArguments(schema).size > 0, 'must have a property')
    .optional(),
  /** `staff-message`: what the staff has to do also becomes one message for them. */
  followUps: z.enum(['record', 'staff-message']).default('record'),
  /** Further instructions for the model that analyses. */
  instructions: z.string().max(4_000).default(''),
});
export type AfterCall = z.output<typeof afterCallSchema>;

/** Number of the built-in instructions for the model: other ones are another version of every analysis. */
const PROMPT_NUMBER = 1;

/**
 * Returns the version of an analysis: a digest of the settings and the built-in instructions. A call has one
 * analysis of a version.
 */
export function analysisVersion(settings: AfterCall): string {
  const digest = createHash('sha256').update(canonical([PROMPT_NUMBER, settings]));
  return digest.digest('hex').slice(0, 16);
}

export const MAX_FOLLOW_UPS = 10;
export const MAX_FOLLOW_UP_LENGTH = 300;

/** Something that is left to do after a call. */
export const followUpSchema = z.object({
  what: z.string().min(1).max(MAX_FOLLOW_UP_LENGTH),
  /** The day it is due, by the business' calendar; null when none was said. */
  due: z.iso.date().nullable(),
  /** `staff`: the business. `caller`: the caller. */
  who: z.enum(['staff', 'caller']),
});
export type FollowUp = z.output<typeof followUpSchema>;

/** `waiting`: to be made. `failed`: given up, for the reason it has. `cancelled`: with its run. */
export const analysisStateSchema = z.enum(['waiting', 'done', 'failed', 'cancelled']);
export type AnalysisState = z.output<typeof analysisStateSchema>;

/** `rules`: made without a language model. */
export const analysisSourceSchema = z.enum(['model', 'rules']);
export type AnalysisSource = z.output<typeof analysisSourceSchema>;

/** `not-available`: asked for, and there is no language model. */
export const extractionStateSchema = z.enum(['extracted', 'not-asked', 'not-available']);
export type ExtractionState = z.output<typeof extractionStateSchema>;
