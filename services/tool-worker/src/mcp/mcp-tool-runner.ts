import { Injectable } from '@nestjs/common';
import { ToolUses } from '@tandem/call-state';
import type { JsonValue, McpToolRequest, TenantId, ToolOutcome } from '@tandem/contracts';
import { runMcpTool, type McpAnswer, type McpRunContext, type ToolRunContext } from '@tandem/tools/handlers';
import { OwnToolRoom } from '../own-tool-room.ts';
import { failureOf, isUnknownSession } from './mcp-failure.ts';
import type { McpSession, SessionLimits } from './mcp-session.ts';
import { McpSessions } from './mcp-sessions.ts';

type Answer = Awaited<ReturnType<McpRunContext['call']>>;
type Begin = () => Promise<boolean>;

/** Runs tools of servers that agents name. */
@Injectable()
export class McpToolRunner {
  constructor(
    private readonly sessions: McpSessions,
    private readonly uses: ToolUses,
    private readonly room: OwnToolRoom,
  ) {}

  run(request: McpToolRequest, input: unknown, context: ToolRunContext): Promise<ToolOutcome> {
    const { tenantId, toolCallId } = context;
    return this.room.run(tenantId, () =>
      runMcpTool(request, input, {
        ...context,
        call: (wanted, given, limits, begin) => this.call(tenantId, wanted, given, limits, begin),
        beginOnce: () => this.uses.beginOnce(toolCallId),
      }),
    );
  }

  private async call(
    tenantId: TenantId,
    request: McpToolRequest,
    input: Readonly<Record<string, JsonValue>>,
    { timeoutMs, signal }: SessionLimits,
    begin: Begin,
  ): Promise<Answer> {
    const until = performance.now() + timeoutMs;
    const limits = () => ({ timeoutMs: Math.max(1, Math.floor(until - performance.now())), signal });
    let stale: McpSession | null = null;
    for (;;) {
      const opened = await this.prepare(tenantId, request, limits, stale);
      if (!('session' in opened)) return opened.failure;
      if (!(await begin())) return { kind: 'begun-before' };
      try {
        const result = await opened.session.call(request.tool.name, input, limits());
        return { kind: 'result', result };
      } catch (error) {
        // A server that does not know the session has not looked at the call.
        if (isUnknownSession(error) && stale === null) stale = opened.session;
        else return failureOf(error, { wasSent: true, signal });
      }
    }
  }

  /** Returns a session whose server still has the tool as it was when the agent was published. */
  private async prepare(
    tenantId: TenantId,
    request: McpToolRequest,
    limits: () => SessionLimits,
    stale: McpSession | null,
  ): Promise<{ readonly session: McpSession } | { readonly failure: McpAnswer }> {
    let refused = stale;
    for (;;) {
      try {
        const session = await this.sessions.open(tenantId, request, limits(), refused);
        try {
          const { name, declared } = request.tool;
          const tool = await session.tool(name, declared.digest, limits());
          if (tool === undefined) return { failure: changed('tool-gone') };
          return tool.digest === declared.digest ? { session } : { failure: changed('tool-changed') };
        } catch (error) {
          if (!isUnknownSession(error) || refused !== null) throw error;
          refused = session;
        }
      } catch (error) {
        return { failure: failureOf(error, { wasSent: false, signal: limits().signal }) };
      }
    }
  }
}

const changed = (code: string): McpAnswer => ({
  kind: 'failure',
  code,
  mayHaveArrived: false,
  isTransient: false,
});
