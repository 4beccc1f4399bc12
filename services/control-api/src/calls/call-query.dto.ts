import {
  CALL_STATUSES,
  callDirectionSchema,
  channelSchema,
  MAX_PARTY_LENGTH,
  MICROS_PER_USD,
  partyNumber,
  REFUSAL_REASONS,
} from '@tandem/contracts';
import type { CallFilter } from '@tandem/database';
import { pageQuery } from '@tandem/platform';
import { z } from 'zod';
import { instant } from './call.dto.ts';

const MAX_DURATION_S = 1_000_000;

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** A party in a query, where a bare + arrives as a space. */
const partyQuery = z
  .string()
  .min(1)
  .max(MAX_PARTY_LENGTH)
  .transform((text) => partyNumber(text.replace(/^ /, '+')) ?? text)
  .meta({ example: '+12025550123' });

export const listCallsSchema = z.strictObject({
  status: z.enum(CALL_STATUSES).optional().describe('Calls in this status only.'),
  from: partyQuery
    .optional()
    .describe(
      'Calls of this caller only: a number in any spelling, anonymous, or an address without a number.',
    ),
  to: partyQuery.optional().describe('Calls to this number only, in any spelling.'),
  refusalReason: z
    .enum(REFUSAL_REASONS)
    .optional()
    .describe('Calls that were refused for this reason only, such as callback-requested.'),
  variant: z
    .string()
    .min(1)
    .max(40)
    .optional()
    .meta({ description: 'Calls with this prompt variant only.', example: 'warmer' }),
  callerGroup: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: 'Calls of members of this group only.', example: 'regulars' }),
  language: z
    .string()
    .min(2)
    .max(35)
    .optional()
    .meta({ description: 'Calls that began in this language only (BCP 47, exact).', example: 'en-US' }),
  agentId: z.uuid().toLowerCase().optional().describe('Calls of this agent only.'),
  agentVersion: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .describe('Of this version of it.'),
  channel: channelSchema.optional().describe('Calls that came this way only.'),
  direction: callDirectionSchema.optional(),
  outcome: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: 'Calls with this outcome only, as corrected.', example: 'booked' }),
  termination: z.string().min(1).max(40).optional().meta({
    description: 'Calls that ended for this reason, or for a reason of this class.',
    example: 'caller-hangup',
  }),
  minDuration: z.coerce.number().min(0).max(MAX_DURATION_S).optional().describe('At least this long, in s.'),
  maxDuration: z.coerce.number().min(0).max(MAX_DURATION_S).optional().describe('At most this long, in s.'),
  minCost: z.coerce
    .number()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('Cost this much or more, in US dollars.'),
  hasRecording: flag.optional().describe('Calls that were recorded, or that were not.'),
  interruptedAtLeast: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('Calls in which the caller interrupted the agent this often.'),
  toolFailed: flag
    .optional()
    .describe('Calls in which a tool failed or took too long, or in which none did.'),
  tag: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .meta({ description: 'Calls with this tag.', example: 'complaint' }),
  q: z
    .string()
    .trim()
    .min(4)
    .max(64)
    .optional()
    .meta({
      description:
        'Calls with these digits in the number of the other party (four or more), of an id that begins ' +
        'like this, or that made the booking of this reference.',
      example: '5550123',
    }),
  format: z.enum(['json', 'csv']).default('json').describe('`csv`: all calls as a table, instead of a page.'),
  since: instant.optional().describe('Admitted at or after.'),
  until: instant.optional().describe('Admitted before.'),
  ...pageQuery,
});
export type ListCalls = z.infer<typeof listCallsSchema>;

/** Returns the filter that a query asks for. */
export function toFilter({
  limit: _limit,
  cursor: _cursor,
  format: _format,
  since,
  until,
  variant,
  minDuration,
  maxDuration,
  minCost,
  q,
  ...same
}: ListCalls): CallFilter {
  return {
    ...same,
    variantKey: variant,
    search: q,
    minDurationMs: scaled(minDuration, 1_000),
    maxDurationMs: scaled(maxDuration, 1_000),
    minCostMicros: scaled(minCost, MICROS_PER_USD),
    since: since === undefined ? undefined : new Date(since),
    until: until === undefined ? undefined : new Date(until),
  };
}

const scaled = (amount: number | undefined, by: number): number | undefined =>
  amount === undefined ? undefined : Math.round(amount * by);
