import type {
  ToolCallContext,
  ToolCallId,
  ToolDeclaration,
  ToolOutcome,
  WebSearchHosts,
} from '@tandem/contracts';
import type { CrmClient } from './crm/crm-client.ts';
import { refused } from './crm/outcome.ts';
import type { RunLimits } from './retry.ts';
import type { WebSearch } from './web-search/web-search.ts';

/** The context of one run: facts of the call, and the means and limits of the handler. */
export interface ToolRunContext extends ToolCallContext, RunLimits {
  /** Also the idempotency key of whatever the tool changes. */
  readonly toolCallId: ToolCallId;
  readonly crm: Pick<CrmClient, 'ask'>;
  /** Absent where the web cannot be searched. */
  readonly web?: WebSearch;
  readonly webHosts?: WebSearchHosts | undefined;
  /** Called with a fault in the handler itself, which the outcome only names. */
  readonly onFault?: (error: unknown) => void;
}

/** Carries a tool out. Arguments come unchecked, as the model wrote them. Always resolves. */
export type ToolHandler = (input: unknown, context: ToolRunContext) => Promise<ToolOutcome>;

/** Returns the refusal of arguments that are wrong. */
export const badArguments = (problem: string): ToolOutcome =>
  refused('bad-arguments', `Wrong arguments: ${problem}. Call again with these corrected.`);

/**
 * Joins a declaration with its implementation: checks the arguments, and turns a fault of ours into an
 * outcome.
 */
export function handle<Arguments>(
  declaration: ToolDeclaration<Arguments>,
  run: (input: Arguments, context: ToolRunContext) => Promise<ToolOutcome>,
): ToolHandler {
  return async (input, context) => {
    const parsed = declaration.parse(input);
    if (!parsed.ok) return badArguments(parsed.problem);
    if (context.signal.aborted) return { status: 'cancelled' };
    if (context.remainingMs() <= 0) return { status: 'timed-out' };
    try {
      return await run(parsed.value, context);
    } catch (error) {
      context.onFault?.(error);
      return { status: 'failed', code: 'handler-fault', retryable: false };
    }
  };
}
