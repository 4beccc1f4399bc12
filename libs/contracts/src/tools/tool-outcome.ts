import { z } from 'zod';
import { agentChangeSchema } from '../agent/behaviour.ts';
import { jsonValueSchema } from './json-value.ts';
import type { ToolDeclaration } from './tool-declaration.ts';

/**
 * How a tool call ended. An outcome is a value, never a throw.
 * - `ok`: done; `change` changes the agent from now on, for a tool whose result requires it.
 * - `refused`: the business said no (slot taken, unknown service); `reason` is kebab-case, `detail` is for
 *   the model. `confirms`: the arguments of the call that the caller is now to be asked about.
 * - `failed`: something broke; `retryable` says whether the same call may be tried again.
 */
export const toolOutcomeSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('ok'), value: jsonValueSchema, change: agentChangeSchema.optional() }),
  z.object({
    status: z.literal('refused'),
    reason: z.string().max(80),
    detail: z.string().max(1000),
    confirms: z.record(z.string().max(64), jsonValueSchema).optional(),
  }),
  z.object({ status: z.literal('failed'), code: z.string().max(80), retryable: z.boolean() }),
  z.object({ status: z.literal('timed-out') }),
  z.object({ status: z.literal('cancelled') }),
]);
export type ToolOutcome = z.infer<typeof toolOutcomeSchema>;

const DEFAULT_SENTENCES = {
  failed:
    'The system could not do this just now. Nothing was changed. Tell the caller so and offer another way.',
  'timed-out':
    'The system did not answer in time and it is not known whether this was done. Do not say that it ' +
    'was. Offer that a colleague will check.',
  cancelled: 'This was stopped before it was done. Nothing was changed.',
} as const;

/** Returns an outcome for the model: the value, or a true sentence. Always a JSON object. */
export function describeOutcome(outcome: ToolOutcome, tool?: Pick<ToolDeclaration, 'sentences'>): string {
  switch (outcome.status) {
    case 'ok':
      return JSON.stringify({
        status: 'ok',
        result: outcome.value,
        ...(tool?.sentences?.ok ? { message: tool.sentences.ok } : {}),
      });
    case 'refused':
      return JSON.stringify({ status: 'refused', reason: outcome.reason, message: outcome.detail });
    case 'failed':
    case 'timed-out':
    case 'cancelled':
      return JSON.stringify({
        status: outcome.status,
        message: tool?.sentences?.[outcome.status] ?? DEFAULT_SENTENCES[outcome.status],
      });
  }
}
