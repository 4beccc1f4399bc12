import {
  CALL_STATUSES,
  callDirectionSchema,
  channelSchema,
  REFUSAL_REASONS,
  type CallId,
} from '@tandem/contracts';
import type { CallSummary, Page } from '@tandem/database';
import { z } from 'zod';
import { usd } from './call-cost.dto.ts';

export const instant = z.iso.datetime({ offset: true }).max(40);

export const callParameterSchema = z.object({
  callId: z
    .uuid()
    .toLowerCase()
    .transform((id) => id as CallId),
});
export type CallParameter = z.output<typeof callParameterSchema>;

/** A call as lists show it, for the document. */
export const SUMMARY_EXAMPLE = {
  callId: 'c3f2a0de-0000-4000-8004-000000000001',
  status: 'completed',
  direction: 'inbound',
  channel: 'twilio',
  from: '+12025550123',
  to: '+12025550100',
  carrierCallId: 'CA0123456789abcdef0123456789abcdef',
  attestation: 'TN-Validation-Passed-A',
  agent: { id: '7a0c1d3e-0000-4000-800a-000000000001', version: 3, name: 'Sarah' },
  modelKind: 'openai-realtime',
  language: 'en-US',
  variantKey: null,
  callerGroup: null,
  costUsd: 0.0421,
  admittedAt: '2027-03-01T14:00:00.000Z',
  answeredAt: '2027-03-01T14:00:01.200Z',
  endedAt: '2027-03-01T14:02:31.200Z',
  durationMs: 150000,
  missingEvents: 0,
  termination: { class: 'normal', reason: 'caller-hung-up' },
  refusalReason: null,
  outcome: 'booked',
};

export const callSummarySchema = z
  .object({
    callId: z.uuid(),
    status: z.enum(CALL_STATUSES),
    direction: callDirectionSchema,
    channel: channelSchema,
    from: z.string(),
    to: z.string(),
    carrierCallId: z.string().nullable(),
    attestation: z
      .string()
      .nullable()
      .describe(
        'STIR/SHAKEN attestation of the number, such as TN-Validation-Passed-A; null when the carrier sent ' +
          'none.',
      ),
    agent: z.object({ id: z.uuid(), version: z.number().int(), name: z.string() }).nullable(),
    modelKind: z
      .string()
      .nullable()
      .describe(
        'Kind of the first model that spoke: openai-realtime, or guided (a rule-based demo, not an AI). ' +
          'Null when none spoke.',
      ),
    language: z.string().nullable().describe('BCP 47; the language the call began in.'),
    variantKey: z.string().nullable().describe('The prompt variant; null outside an experiment.'),
    callerGroup: z.string().nullable(),
    costUsd: z.number().nullable().describe('At the prices of the day; null when nothing was used.'),
    admittedAt: instant,
    answeredAt: instant.nullable(),
    endedAt: instant.nullable(),
    durationMs: z.number().int().nullable(),
    missingEvents: z
      .number()
      .int()
      .describe(
        'Events missing in this record, because the event log was full or unreadable in parts; 0 for a ' +
          'complete one.',
      ),
    termination: z.object({ class: z.string(), reason: z.string() }).nullable(),
    refusalReason: z.enum(REFUSAL_REASONS).nullable(),
    outcome: z.string().nullable().describe('The outcome for the business, such as booked.'),
  })
  .meta({ example: SUMMARY_EXAMPLE });

export const callPageSchema = z.object({
  items: z.array(callSummarySchema),
  nextCursor: z.string().nullable().describe('Null on the last page.'),
});

export const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function toCallSummary(call: CallSummary): z.infer<typeof callSummarySchema> {
  const { tenantId: _tenantId, admittedAt, answeredAt, endedAt, costMicros, ...rest } = call;
  return {
    ...rest,
    costUsd: costMicros === null ? null : usd(costMicros),
    admittedAt: admittedAt.toISOString(),
    answeredAt: iso(answeredAt),
    endedAt: iso(endedAt),
  };
}

export function toCallPage(page: Page<CallSummary>): z.infer<typeof callPageSchema> {
  return { items: page.items.map(toCallSummary), nextCursor: page.nextCursor };
}
