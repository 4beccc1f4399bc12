import type { JsonValue, McpToolRequest, ToolOutcome } from '@tandem/contracts';
import { refused } from '../crm/outcome.ts';
import { REFUSED_BY_DEFAULT } from '../declared-tool.ts';
import { pauseBeforeRetry } from '../retry.ts';
import { handle, type ToolRunContext } from '../tool-handler.ts';
import { declarationOf } from './declaration.ts';
import { outcomeOfResult, type McpResult } from './result.ts';

/** The end of a call to a server. */
export type McpAnswer =
  | { readonly kind: 'result'; readonly result: McpResult }
  /** The server does not take these arguments. */
  | { readonly kind: 'refused' }
  /** `code`: `timeout`, `cancelled`, or another in kebab-case. */
  | {
      readonly kind: 'failure';
      readonly code: string;
      /** The server may have acted on the call. */
      readonly mayHaveArrived: boolean;
      /** The same call may work in a moment. */
      readonly isTransient: boolean;
    };

/** The means of a run beside those of every handler. */
export interface McpRunContext extends ToolRunContext {
  /**
   * Calls the tool on its server. Never rejects.
   * @param begin asked before the call is sent; false keeps it back
   */
  call(
    request: McpToolRequest,
    input: Readonly<Record<string, JsonValue>>,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
    begin: () => Promise<boolean>,
  ): Promise<McpAnswer | { readonly kind: 'begun-before' }>;
  /** Returns false when this tool call was begun before: by a worker that was lost. */
  beginOnce(): Promise<boolean>;
}

/** Runs a tool of a server. Arguments come unchecked, as the model wrote them. Never rejects. */
export function runMcpTool(
  request: McpToolRequest,
  input: unknown,
  context: McpRunContext,
): Promise<ToolOutcome> {
  const run = (given: unknown) => call(request, given as Record<string, JsonValue>, context);
  return handle(declarationOf(request), run)(input, context);
}

async function call(
  request: McpToolRequest,
  given: Readonly<Record<string, JsonValue>>,
  context: McpRunContext,
): Promise<ToolOutcome> {
  const { tool } = request;
  let hasBegun = tool.isSafeToRepeat;
  const begin = async () => (hasBegun ||= await context.beginOnce());
  for (let tries = 0; ; tries += 1) {
    const timeoutMs = Math.max(1, Math.floor(Math.min(tool.timeoutMs, context.remainingMs())));
    const answer = await context.call(request, given, { timeoutMs, signal: context.signal }, begin);
    const outcome = outcomeOf(request, answer);
    if (answer.kind !== 'failure' || !answer.isTransient) return outcome;
    // What was certainly not sent may be sent again, whatever the tool does.
    if (!tool.isSafeToRepeat && answer.mayHaveArrived) return outcome;
    if (!(await pauseBeforeRetry(tries, 0, context)) || context.signal.aborted) return outcome;
  }
}

function outcomeOf(
  { server, tool }: McpToolRequest,
  answer: McpAnswer | { readonly kind: 'begun-before' },
): ToolOutcome {
  switch (answer.kind) {
    case 'result':
      return outcomeOfResult(server.name, tool, answer.result);
    case 'refused':
      return refused('mcp-invalid-arguments', tool.sentences.refused ?? REFUSED_BY_DEFAULT);
    case 'begun-before':
      // A worker was lost after it began: it is not known whether the call arrived.
      return { status: 'timed-out' };
    case 'failure':
      return outcomeOfFailure(tool.isSafeToRepeat, answer);
  }
}

function outcomeOfFailure(
  isSafe: boolean,
  { code, mayHaveArrived, isTransient }: Extract<McpAnswer, { kind: 'failure' }>,
): ToolOutcome {
  if (code === 'cancelled' && (isSafe || !mayHaveArrived)) return { status: 'cancelled' };
  if (code === 'timeout' && (isSafe || mayHaveArrived)) return { status: 'timed-out' };
  // An answer with a status is an answer: what came back says that it failed.
  if (mayHaveArrived && !isSafe && !code.startsWith('http-')) return { status: 'timed-out' };
  return { status: 'failed', code: `mcp-${code}`.slice(0, 80), retryable: isTransient };
}
