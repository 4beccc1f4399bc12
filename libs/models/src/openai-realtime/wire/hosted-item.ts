import { providerIdSchema } from '@tandem/contracts';
import { z } from 'zod';

const text = (most: number) => z.string().max(most).nullish().catch(null);

/**
 * Fields of items about servers that the Realtime API calls: `mcp_list_tools`, `mcp_approval_request` and
 * `mcp_call`. Items of other types have their own, so none is required, and a wrong one is absent.
 */
export const hostedItem = {
  id: providerIdSchema.optional().catch(undefined),
  type: z.string().max(80),
  server_label: text(256),
  name: text(256),
  arguments: text(1_000_000),
  approval_request_id: text(512),
  output: text(4_000_000),
  error: z
    .object({ type: z.string().max(80), code: z.number().int().optional().catch(undefined) })
    .nullish()
    .catch({ type: 'unknown' }),
  /** Present in `mcp_list_tools`. */
  tools: z
    .array(z.object({ name: z.string().max(256) }))
    .max(1_000)
    .nullish()
    .catch(null),
};
export const hostedItemSchema = z.object(hostedItem);
export type HostedItem = z.output<typeof hostedItemSchema>;
