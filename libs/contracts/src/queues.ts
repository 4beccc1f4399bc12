import { z } from 'zod';
import { callIdSchema, tenantIdSchema } from './ids.ts';
import { toolCallJobSchema } from './tool-call.ts';

/**
 * The body of a `post-call` job: fold this call's event log into rows. Any number of times, to the same end.
 */
export const postCallJobSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  traceparent: z.string().max(64).optional(),
});
export type PostCallJob = z.infer<typeof postCallJobSchema>;

/** Every queue and what its jobs carry. A queue that is not in this record does not exist. */
export const queueSchemas = {
  'tool-calls': toolCallJobSchema,
  'post-call': postCallJobSchema,
} as const;

export type QueueName = keyof typeof queueSchemas;
export type QueueJob<Name extends QueueName> = z.infer<(typeof queueSchemas)[Name]>;
