import { randomUUID } from 'node:crypto';
import {
  agentSnapshotSchema,
  UNKNOWN_CALLER,
  type CallId,
  type TenantId,
  type ToolCall,
  type ToolDeclaration,
  type ToolOutcome,
} from '@tandem/contracts';
import type { CallSession, ToolDispatcher } from '@tandem/conversation';
import { TOOL } from './sensible-model.ts';

const TOOL_MS = 250;

export const NOTING_TOOL: ToolDeclaration = {
  name: TOOL,
  description: 'Writes it down.',
  place: 'worker',
  parameters: { type: 'object', properties: {} },
  cancellable: false,
  deadlineMs: 5_000,
  lateMs: 0,
  parse: (value) => ({ ok: true, value }),
};

/** Returns a call of an agent that greets, waits for no filler and never hangs up by itself. */
export function aCall(hasTool: boolean): ConstructorParameters<typeof CallSession>[0]['call'] {
  const tenantId = randomUUID() as TenantId;
  const agent = agentSnapshotSchema.parse({
    agentId: randomUUID(),
    agentVersion: 1,
    tenantId,
    name: 'Sarah',
    companyName: 'Northwind',
    timeZone: 'UTC',
    instructions: 'Be helpful.',
    greeting: 'Good morning, Northwind.',
    model: { kind: 'openai-realtime' },
    turnDetection: { kind: 'server-vad', silenceMs: 300 },
    toolWait: { fillerAfterMs: 0 },
    idle: { afterMs: 0 },
    limits: { maxAnswersWithoutTool: 0 },
    tools: hasTool ? [TOOL] : [],
  });
  return {
    callId: randomUUID() as CallId,
    tenantId,
    epoch: 1,
    callerNumber: '+12025550123',
    dialledNumber: '+12025550100',
    caller: UNKNOWN_CALLER,
    language: 'en-US',
    admittedAt: Date.now(),
    agent,
  };
}

/** Runs tool calls that take a quarter of a second, and adds the id of each to `effects`. */
export function slowTool(effects: Set<string>): ToolDispatcher {
  return {
    call: async ({ toolCallId }: ToolCall): Promise<ToolOutcome> => {
      effects.add(toolCallId);
      await new Promise((resolve) => setTimeout(resolve, TOOL_MS));
      return { status: 'ok', value: { noted: true } };
    },
    resume: () => Promise.resolve({ status: 'cancelled' }),
    awaitLate: () => Promise.resolve({ status: 'cancelled' }),
    cancelAll: () => undefined,
  };
}
