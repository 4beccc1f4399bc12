import { toolOutcomeSchema, usageSchema } from '@tandem/contracts';
import type { CallAnalysis, CallDetail } from '@tandem/database';
import { z } from 'zod';
import { ANALYSIS_EXAMPLE, analysisSchema, toAnalysisDto } from '../analyses/analysis.dto.ts';
import { instant, callSummarySchema, iso, SUMMARY_EXAMPLE } from './call.dto.ts';
import { costSchema, toCost, usd } from './call-cost.dto.ts';

const latencySchema = z.object({
  count: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  maxMs: z.number(),
});

export const callDetailSchema = callSummarySchema
  .extend({
    disposition: z
      .object({ outcome: z.string(), detail: z.string() })
      .nullable()
      .describe('As corrected: see calls/{callId}/disposition.'),
    latencies: z
      .record(z.string(), latencySchema)
      .describe('By kind: answer-to-first-audio, caller-to-agent, interruption-to-clear, tool.'),
    models: z
      .array(
        z.object({
          provider: z.string(),
          model: z.string(),
          fromMs: z.number().describe('Since admission.'),
        }),
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
            .describe(
              "The caller's words as transcribed; the agent's words as far as the caller heard them.",
            ),
          isTranscribed: z
            .boolean()
            .describe('False where the caller spoke and the transcript was lost; the text is empty.'),
          startedAtMs: z.number().describe('Since admission.'),
          endedAtMs: z.number(),
          heardMs: z.number().nullable(),
          generatedMs: z
            .number()
            .nullable()
            .describe('What the model had said of it when it ended; null for the caller, and where unknown.'),
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
    analyses: z
      .array(analysisSchema)
      .describe('One for each version of its settings, the latest first; none without `afterCall`.'),
  })
  .meta({
    example: {
      ...SUMMARY_EXAMPLE,
      disposition: { outcome: 'booked', detail: 'Heating visit on March 5.' },
      latencies: { 'caller-to-agent': { count: 6, p50Ms: 620, p95Ms: 910, maxMs: 940 } },
      models: [{ provider: 'openai', model: 'gpt-realtime', fromMs: 1200 }],
      cost: { usd: 0.0421, isComplete: true, models: [] },
      usage: [
        {
          provider: 'openai',
          model: 'gpt-realtime',
          usage: {
            inputTextTokens: 900,
            inputAudioTokens: 1400,
            cachedTextTokens: 700,
            cachedAudioTokens: 300,
            outputTextTokens: 120,
            outputAudioTokens: 640,
            transcriptionMs: 0,
          },
        },
      ],
      legs: [
        {
          epoch: 1,
          relayId: 'relay-1',
          streamId: 'MZ0123456789abcdef0123456789abcdef',
          attachedAt: '2027-03-01T14:00:01.200Z',
          detachedAt: '2027-03-01T14:02:31.200Z',
          detachReason: 'ended',
        },
      ],
      transcript: [
        {
          speaker: 'agent',
          text: 'Morgan Heating, how can I help?',
          isTranscribed: true,
          startedAtMs: 1400,
          endedAtMs: 3100,
          heardMs: 1700,
          generatedMs: 1700,
          interrupted: false,
        },
      ],
      recordings: [],
      toolCalls: [
        {
          toolCallId: 'tc_c3f2a0de-0000-4000-8004-000000000001_1_a',
          name: 'book_appointment',
          arguments: { service: 'heating', start: '2027-03-05T09:00:00-05:00' },
          outcome: { status: 'ok', value: { reference: 'K48213' } },
          startedAtMs: 61000,
          tookMs: 240,
        },
      ],
      analyses: [ANALYSIS_EXAMPLE],
    },
  });

/** Returns a call without what was said in it, and what tools were told of it. */
export function withoutWords(call: CallDetail): CallDetail {
  const { disposition } = call;
  return {
    ...call,
    utterances: [],
    toolCalls: [],
    disposition: disposition && { ...disposition, detail: '' },
  };
}

export function toCallDetail(
  call: CallDetail,
  analyses: readonly CallAnalysis[],
): z.infer<typeof callDetailSchema> {
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
    analyses: analyses.map(toAnalysisDto),
  };
}
