import { z } from 'zod';
import { callIdSchema, tenantIdSchema } from '../words/ids.ts';

/**
 * The body of a `post-call` job, which folds this call's event log into rows. Repeating it changes nothing.
 */
export const postCallJobSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  /** Unix time in ms at which the call was answered: the job reports its start, and stores no record. */
  startedAt: z.number().int().optional(),
  traceparent: z.string().max(64).optional(),
});
export type PostCallJob = z.infer<typeof postCallJobSchema>;

/**
 * The body of a `messages` job: a received message that awaits an answer, or one that waits to be sent. Ids
 * only: the text and both parties stay in the database.
 */
export const messageJobSchema = z.object({ messageId: z.uuid(), tenantId: tenantIdSchema });
export type MessageJob = z.infer<typeof messageJobSchema>;

/** Every queue. One that is not named here does not exist. */
export type QueueName = 'tool-calls' | 'post-call' | 'messages';
