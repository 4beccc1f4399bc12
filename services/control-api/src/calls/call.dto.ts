import {
  CALL_STATUSES,
  callDirectionSchema,
  channelSchema,
  COST_MODALITIES,
  MAX_PARTY_LENGTH,
  MICROS_PER_USD,
  partyNumber,
  REFUSAL_REASONS,
  toolOutcomeSchema,
  usageSchema,
  type CallCost,
  type CallId,
  type CostModality,
} from '@tandem/contracts';
import type { CallDetail, CallSummary, Page } from '@tandem/database';
import { z } from 'zod';

const instant = z.iso.datetime({ offset: true }).max(40);

/** A party in a query, where a bare + arrives as a space. */
const partyQuery = z
  .string()
  .min(1)
  .max(MAX_PARTY_LENGTH)
  .transform((text) => partyNumber(text.replace(/^ /, '+')) ?? text);

export const listCallsSchema = z.object({
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
  variant: z.string().min(1).max(40).optional().describe('Calls with this prompt variant only.'),
  callerGroup: z.string().min(1).max(64).optional().describe('Calls of members of this group only.'),
  language: z
    .string()
    .min(2)
    .max(35)
    .optional()
    .describe('Calls that began in this language only (BCP 47, exact).'),
  since: instant.optional().describe('Admitted at or after.'),
  until: instant.optional().describe('Admitted before.'),
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Calls on a page.'),
  cursor: z.string().min(1).max(100).optional().describe('nextCursor of the page before.'),
});
export type ListCalls = z.infer<typeof listCallsSchema>;

export const callParameterSchema = z.object({
  callId: z
    .uuid()
    .toLowerCase()
    .transform((id) => id as CallId),
});
export type CallParameter = z.output<typeof callParameterSchema>;

const latencySchema = z.object({
  count: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  maxMs: z.number(),
});

export const callSummarySchema = z.object({
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
      'Kind of the first model that spoke: openai-realtime, or guided (a rule-based demo, not an AI). Null ' +
        'when none spoke.',
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
});

export const callPageSchema = z.object({
  items: z.array(callSummarySchema),
  nextCursor: z.string().nullable().describe('Null on the last page.'),
});

const costSchema = z.object({
  usd: z.number(),
  isComplete: z
    .boolean()
    .describe(
      'False when some usage has no known price or its report was impossible: usd is then a lower bound.',
    ),
  models: z.array(
    z.object({
      provider: z.string(),
      model: z.string(),
      usd: z.number(),
      byModality: z
        .record(z.enum(COST_MODALITIES), z.number())
        .describe('US dollars. textIn and audioIn exclude cached input.'),
    }),
  ),
});

export const callDetailSchema = callSummarySchema.extend({
  disposition: z.object({ outcome: z.string(), detail: z.string() }).nullable(),
  latencies: z
    .record(z.string(), latencySchema)
    .describe('By kind: answer-to-first-audio, caller-to-agent, interruption-to-clear, tool.'),
  models: z
    .array(
      z.object({ provider: z.string(), model: z.string(), fromMs: z.number().describe('Since admission.') }),
    )
    .describe('The models that spoke, in order: several when one failed and a fallback took over.'),
  cost: costSchema.nullable(),
  usage: z.array(z.object({ provider: z.string(), model: z.string(), usage: usageSchema })),
  legs: z.array(
    z.object({
      epoch: z.number().int(),
      relayId: z.string(),
      streamId: z.string(),
      attachedAt: instant,
      detachedAt: instant.nullable(),
      detachReason: z.string().nullable(),
    }),
  ),
  transcript: z
    .array(
      z.object({
        speaker: z.enum(['caller', 'agent']),
        text: z
          .string()
          .describe("The caller's words as transcribed; the agent's words as far as the caller heard them."),
        isTranscribed: z
          .boolean()
          .describe('False where the caller spoke and the transcript was lost; the text is empty.'),
        startedAtMs: z.number().describe('Since admission.'),
        endedAtMs: z.number(),
        heardMs: z.number().nullable(),
        interrupted: z.boolean(),
      }),
    )
    .describe('In the order of speaking.'),
  recordings: z
    .array(
      z.object({
        recordingId: z.uuid(),
        startedAtMs: z.number().describe('Since admission.'),
        durationMs: z.number().nullable(),
        bytes: z.number().nullable(),
        outcome: z
          .enum(['running', 'complete', 'failed'])
          .describe('`failed`: it ends early, with its relay or its store; what there is can be played.'),
        deletedAt: instant.nullable(),
      }),
    )
    .describe('Listen at recordings/{recordingId}/audio. A call that changed relays has several.'),
  toolCalls: z.array(
    z.object({
      toolCallId: z.string(),
      name: z.string(),
      arguments: z.json(),
      outcome: toolOutcomeSchema.nullable(),
      startedAtMs: z.number(),
      tookMs: z.number().nullable(),
    }),
  ),
});

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const usd = (micros: number): number => micros / MICROS_PER_USD;

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

export function toCallDetail(call: CallDetail): z.infer<typeof callDetailSchema> {
  const {
    tenantId: _tenantId,
    admittedAt,
    answeredAt,
    endedAt,
    legs,
    utterances,
    latencies,
    usage,
    cost,
    models,
    toolCalls,
    recordings,
    ...rest
  } = call;
  return {
    ...rest,
    costUsd: cost && usd(cost.micros),
    cost: cost && toCost(cost),
    outcome: call.disposition?.outcome ?? null,
    admittedAt: admittedAt.toISOString(),
    answeredAt: iso(answeredAt),
    endedAt: iso(endedAt),
    latencies: { ...latencies },
    usage: [...usage],
    models: [...models],
    legs: legs.map((leg) => ({
      ...leg,
      attachedAt: leg.attachedAt.toISOString(),
      detachedAt: iso(leg.detachedAt),
    })),
    transcript: utterances.map(({ itemId: _itemId, ...said }) => ({
      ...said,
      isTranscribed: said.speaker === 'agent' || said.text !== '',
    })),
    toolCalls: [...toolCalls],
    recordings: recordings.map((recording) => ({ ...recording, deletedAt: iso(recording.deletedAt) })),
  };
}

function toCost({ micros, unpriced, models }: CallCost): z.infer<typeof costSchema> {
  return {
    usd: usd(micros),
    isComplete: unpriced === 0,
    models: models.map((part) => ({
      provider: part.provider,
      model: part.model,
      usd: usd(part.micros),
      byModality: Object.fromEntries(
        COST_MODALITIES.map((modality) => [modality, usd(part.byModality[modality])]),
      ) as Record<CostModality, number>,
    })),
  };
}
