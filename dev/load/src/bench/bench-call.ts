import { randomUUID } from 'node:crypto';
import { agentSnapshotSchema, UNKNOWN_CALLER, type CallId, type TenantId } from '@tandem/contracts';
import {
  CallSession,
  RealClock,
  type CallerStream,
  type CallLog,
  type Clock,
  type ToolDispatcher,
  type VoiceModel,
} from '@tandem/conversation';

const TENANT_ID = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
const LOG: CallLog = { append: () => undefined, flush: () => Promise.resolve('stored') };
const TOOL_CALLER: ToolDispatcher = {
  call: () => Promise.resolve({ status: 'cancelled' }),
  resume: () => Promise.resolve({ status: 'cancelled' }),
  awaitLate: () => Promise.resolve({ status: 'cancelled' }),
  cancelAll: () => undefined,
};
const AGENT = agentSnapshotSchema.parse({
  agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
  agentVersion: 1,
  tenantId: TENANT_ID,
  name: 'Sarah',
  companyName: 'Northwind',
  timeZone: 'UTC',
  instructions: '',
  model: { kind: 'openai-realtime' },
  limits: { maxAnswersWithoutTool: 0 },
});

export const fail = (error: unknown): never => {
  throw error;
};

export const benchClock = (): Clock => new RealClock(fail);

/** A call as a relay conducts it, without anything that outlives it. */
export function startBenchCall(stream: CallerStream, model: VoiceModel, clock: Clock): CallSession {
  const session = new CallSession({
    call: {
      callId: randomUUID() as CallId,
      tenantId: TENANT_ID,
      epoch: 1,
      callerNumber: '+1',
      dialledNumber: '+1',
      caller: UNKNOWN_CALLER,
      language: 'en-US',
      admittedAt: Date.now(),
      agent: AGENT,
    },
    stream,
    model,
    declarationsFor: () => [],
    toolDispatcher: TOOL_CALLER,
    log: LOG,
    clock,
  });
  session.start();
  return session;
}
