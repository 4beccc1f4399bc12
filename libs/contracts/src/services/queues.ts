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

/** Every queue. One that is not named here does not exist. */
export type QueueName = 'tool-calls' | 'post-call';
