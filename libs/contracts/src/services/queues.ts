import { z } from 'zod';
import { callIdSchema, tenantIdSchema } from '../words/ids.ts';

/**
 * The body of a `post-call` job, which folds this call's event log into rows. Repeating it changes nothing.
 */
export const postCallJobSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  traceparent: z.string().max(64).optional(),
});
export type PostCallJob = z.infer<typeof postCallJobSchema>;

/**
 * The body of a `messages` job: a received message that awaits an answer, or one that waits to be sent. Ids
 * only: the text and both parties stay in the database.
 */
export const messageJobSchema = z.object({ messageId: z.uuid(), tenantId: tenantIdSchema });
export type MessageJob = z.infer<typeof messageJobSchema>;

/**
 * The body of a `call-analysis` job: an analysis that waits to be made, and how many times it was asked for.
 * Ids only: transcript and settings stay in the database.
 */
export const analysisJobSchema = z.object({
  analysisId: z.uuid(),
  tenantId: tenantIdSchema,
  round: z.number().int().min(1),
});
export type AnalysisJob = z.infer<typeof analysisJobSchema>;

/** Every queue. One that is not named here does not exist. */
export type QueueName = 'tool-calls' | 'post-call' | 'messages' | 'call-analysis';
