import {
  toolCallBodySchema,
  toolOutcomeSchema,
  type ToolCallBody,
  type ToolCallId,
  type ToolCallJob,
  type ToolOutcome,
} from '@tandem/contracts';
import { z } from 'zod';
import type { Sealer } from '../redis/sealer.ts';

/* What a job of `tool-calls` keeps in Redis beside ids: its body, and the outcome as its return value. */

const sealedOutcomeSchema = z.object({ sealed: z.string().max(1_048_576) });
export type SealedOutcome = z.infer<typeof sealedOutcomeSchema>;

const bodyPlace = (toolCallId: ToolCallId): string => `tool-call:${toolCallId}`;
const outcomePlace = (toolCallId: ToolCallId): string => `tool-outcome:${toolCallId}`;

export function sealToolCall(sealer: Sealer, toolCallId: ToolCallId, body: ToolCallBody): string {
  return sealer.seal(body, bodyPlace(toolCallId));
}

/** @throws SealBroken, or ZodError for a body of a version that does not fit */
export function openToolCall(
  sealer: Sealer,
  { toolCallId, sealed }: Pick<ToolCallJob, 'toolCallId' | 'sealed'>,
): ToolCallBody {
  return toolCallBodySchema.parse(sealer.open(sealed, bodyPlace(toolCallId)));
}

/** Returns the return value of a job: plain only for a relay that cannot open a sealed one. */
export function keptOutcome(
  sealer: Sealer,
  { toolCallId, opensOutcome }: Pick<ToolCallJob, 'toolCallId' | 'opensOutcome'>,
  outcome: ToolOutcome,
): SealedOutcome | ToolOutcome {
  return opensOutcome ? { sealed: sealer.seal(outcome, outcomePlace(toolCallId)) } : outcome;
}

/**
 * Returns the outcome from a job's return value, sealed or plain.
 * @throws SealBroken, or ZodError for none or one of a version that does not fit
 */
export function openOutcome(sealer: Sealer, toolCallId: ToolCallId, kept: unknown): ToolOutcome {
  const { data } = sealedOutcomeSchema.safeParse(kept);
  return toolOutcomeSchema.parse(data ? sealer.open(data.sealed, outcomePlace(toolCallId)) : kept);
}
