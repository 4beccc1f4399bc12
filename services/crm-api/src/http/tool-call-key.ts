import { toolCallIdSchema, type ToolCallId } from '@tandem/contracts';
import type { Principal } from '@tandem/platform';

/** Returns the tool call a request comes from: the Idempotency-Key of a service is its id. */
export function toolCallIdOf({ kind }: Principal, key: string): ToolCallId | null {
  const parsed = kind === 'service' ? toolCallIdSchema.safeParse(key) : null;
  return parsed?.success ? parsed.data : null;
}
