import { z } from 'zod';
import { callIdSchema, tenantIdSchema } from '../words/ids.ts';
import { mcpConnectionSchema } from '../tools/mcp-server.ts';

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

/**
 * The body of an `mcp-listings` job, which asks a server for its tools while somebody publishes an agent. The
 * server and its secrets travel sealed.
 */
export const mcpListingJobSchema = z.object({
  tenantId: tenantIdSchema,
  /** Sealed JSON of {@link McpListingBody}, at the place `mcp-listing:<job id>`. */
  sealed: z.string().max(131_072),
});
export type McpListingJob = z.infer<typeof mcpListingJobSchema>;

export const mcpListingBodySchema = mcpConnectionSchema.extend({
  tenantId: tenantIdSchema,
  /** The server's own names of the tools that are wanted. */
  wanted: z.array(z.string().max(128)).max(64),
});
export type McpListingBody = z.infer<typeof mcpListingBodySchema>;

/** The result of an `mcp-listings` job. */
export const mcpListingSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('listed'),
    /** The wanted tools that the server has. */
    tools: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        /** As the server has it. */
        inputSchema: z.unknown(),
        digest: z.string(),
      }),
    ),
    /** Names of all its tools, the first hundred. */
    names: z.array(z.string()),
  }),
  /** `code` is kebab-case. */
  z.object({ kind: z.literal('failed'), code: z.string().max(80) }),
]);
export type McpListing = z.infer<typeof mcpListingSchema>;

/** Every queue. One that is not named here does not exist. */
export type QueueName = 'tool-calls' | 'mcp-listings' | 'post-call' | 'messages' | 'call-analysis';
