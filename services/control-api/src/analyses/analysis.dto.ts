import {
  analysisSourceSchema,
  analysisStateSchema,
  extractionStateSchema,
  followUpSchema,
} from '@tandem/contracts';
import type { CallAnalysis } from '@tandem/database';
import { z } from 'zod';
import { usd } from '../calls/call-cost.dto.ts';

/** An analysis, for the document. */
export const ANALYSIS_EXAMPLE = {
  analysisId: '7a0c1d3e-0000-4000-8010-000000000001',
  version: '5f0c2b9ad1e37846',
  state: 'done',
  isReplay: false,
  source: 'model',
  model: 'gpt-4.1-mini',
  reason: null,
  summary: 'The caller booked a heating visit on March 5.',
  outcome: 'booked',
  extractionState: 'extracted',
  extraction: { boiler: 'gas' },
  followUps: [{ what: 'Send the quote for a new boiler.', due: '2027-03-08', who: 'staff' }],
  usage: { inputTokens: 1_420, cachedInputTokens: 0, outputTokens: 110 },
  costUsd: 0.0007,
  createdAt: '2027-03-01T14:02:31.200Z',
  settledAt: '2027-03-01T14:02:35.800Z',
};

export const analysisSchema = z
  .object({
    analysisId: z.uuid(),
    version: z.string().describe('Digest of the settings it was made by.'),
    state: analysisStateSchema,
    isReplay: z.boolean().describe('Whether a run asked for it, not the end of the call.'),
    source: analysisSourceSchema
      .nullable()
      .describe('`rules` when no language model is set up, or nothing was said; null without a result.'),
    model: z.string().nullable(),
    reason: z.string().nullable().describe('Why it failed.'),
    summary: z.string().nullable(),
    outcome: z
      .string()
      .nullable()
      .describe("One of the agent's outcomes, or the built-in disposition where rules made it."),
    extractionState: extractionStateSchema,
    extraction: z.json().describe("Data by the agent's schema; null for none."),
    followUps: z.array(followUpSchema),
    usage: z
      .object({ inputTokens: z.number(), cachedInputTokens: z.number(), outputTokens: z.number() })
      .nullable()
      .describe('Tokens of all requests; cached ones are part of the input.'),
    costUsd: z.number().nullable().describe('Null when the price of the model is not known.'),
    createdAt: z.iso.datetime(),
    settledAt: z.iso.datetime().nullable(),
  })
  .meta({ example: ANALYSIS_EXAMPLE });

export function toAnalysisDto(analysis: CallAnalysis): z.output<typeof analysisSchema> {
  const { id, tenantId: _tenantId, callId: _callId, costMicros, createdAt, settledAt, ...rest } = analysis;
  return {
    ...rest,
    analysisId: id,
    followUps: [...rest.followUps],
    costUsd: costMicros === null ? null : usd(costMicros),
    createdAt: createdAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  };
}
