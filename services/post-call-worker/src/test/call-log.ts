import {
  termination,
  type CallEvent,
  type CallId,
  type NewCallEvent,
  type RelayId,
  type TenantId,
  type ToolCallId,
} from '@tandem/contracts';

/* Events of a call as specs write them down. */

export const callId = 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId;
export const tenantId = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
export const t0 = Date.UTC(2026, 10, 21, 15, 0, 0);
export const toolCallId = `tc_${callId}_1_call_1` as ToolCallId;

export const log = (
  ...facts: [atMs: number, fact: NewCallEvent, seq?: number, epoch?: number][]
): CallEvent[] => facts.map(([atMs, fact, seq = 0, epoch = 1]) => ({ ...fact, at: t0 + atMs, seq, epoch }));

export const admitted: NewCallEvent = {
  type: 'call.admitted',
  data: {
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId: 'CA1',
    agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
    agentName: 'Sarah',
    agentVersion: 3,
    modelKind: 'guided',
    language: 'en-US',
    variantKey: null,
    attestation: null,
    callerGroup: null,
  },
};
export const attached = (epoch = 1): NewCallEvent => ({
  type: 'stream.attached',
  data: { relayId: `relay-${epoch}` as RelayId, epoch, streamId: `MZ${epoch}` },
});
export const callerSpoke = (text: string, startedAtMs: number): NewCallEvent => ({
  type: 'caller.spoke',
  data: { itemId: `c${startedAtMs}`, text, startedAtMs, endedAtMs: startedAtMs + 500 },
});
export const agentSpoke = (text: string, startedAtMs: number): NewCallEvent => ({
  type: 'agent.spoke',
  data: {
    itemId: `a${startedAtMs}`,
    text,
    startedAtMs,
    endedAtMs: startedAtMs + 500,
    heardMs: 500,
    generatedMs: 500,
    interrupted: false,
  },
});
export const called: NewCallEvent = {
  type: 'tool.called',
  data: {
    toolCallId,
    providerCallId: 'call_1',
    name: 'book_appointment',
    arguments: { service: 'plumbing' },
    atMs: 3000,
  },
};
export const finished = (
  outcome: Extract<NewCallEvent, { type: 'tool.finished' }>['data']['outcome'],
): NewCallEvent => ({
  type: 'tool.finished',
  data: { toolCallId, providerCallId: 'call_1', name: 'book_appointment', outcome, tookMs: 80, atMs: 3080 },
});
export const finishedLate = (
  outcome: Extract<NewCallEvent, { type: 'tool.finished-late' }>['data']['outcome'],
): NewCallEvent => ({
  type: 'tool.finished-late',
  data: {
    toolCallId,
    providerCallId: 'call_1',
    name: 'book_appointment',
    outcome,
    tookMs: 9_000,
    atMs: 12_000,
  },
});
export const ended = (reason: Parameters<typeof termination>[0]): NewCallEvent => ({
  type: 'call.ended',
  data: { termination: termination(reason), atMs: 9000 },
});
