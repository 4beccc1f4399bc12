import { agentChangeSchema, callIdSchema, toolCallIdSchema, toolOutcomeSchema } from '@tandem/contracts';
import { z } from 'zod';

export const messageSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('tool-result'),
    callId: callIdSchema,
    toolCallId: toolCallIdSchema,
    outcome: toolOutcomeSchema,
  }),
  /** Transfer the caller to a department, as the agent would. */
  z.object({
    kind: z.literal('transfer'),
    callId: callIdSchema,
    department: z.string().max(64),
    summary: z.string().max(1_000),
  }),
  /** Say goodbye and hang up. */
  z.object({ kind: z.literal('end'), callId: callIdSchema }),
  /** Pause or resume the recording. */
  z.object({ kind: z.literal('recording'), callId: callIdSchema, state: z.enum(['paused', 'running']) }),
  /** Change the agent from now on. */
  z.object({ kind: z.literal('change'), callId: callIdSchema, change: agentChangeSchema }),
]);
/** A message to a relay about one of its calls. */
export type RelayMessage = z.infer<typeof messageSchema>;
/** A command of an operator. */
export type RelayCommand = Exclude<RelayMessage, { kind: 'tool-result' }>;
