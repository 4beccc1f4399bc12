import { randomUUID } from 'node:crypto';
import { termination, type CallId, type RelayId, type TenantId, type ToolCallId } from '@tandem/contracts';
import type { CallRecord } from '../entities/call-record.ts';

export const ADMITTED = new Date('2027-03-01T14:00:00.123Z');

/** A finished call with a leg, a transcript, tool calls, a recording and a disposition. */
export function callRecord(tenantId: TenantId, change: Partial<CallRecord> = {}): CallRecord {
  const callId = randomUUID() as CallId;
  return {
    callId,
    tenantId,
    status: 'completed',
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId: 'CA1',
    agent: { id: randomUUID(), version: 3, name: 'Sarah' },
    modelKind: 'guided',
    language: 'en-US',
    variantKey: null,
    attestation: null,
    callerGroup: null,
    admittedAt: ADMITTED,
    answeredAt: new Date(ADMITTED.getTime() + 900),
    endedAt: new Date(ADMITTED.getTime() + 60_000),
    durationMs: 60_000,
    termination: termination('agent-goodbye'),
    latencies: { 'caller-to-agent': { count: 2, p50Ms: 480, p95Ms: 700, maxMs: 712 } },
    usage: [
      {
        provider: 'openai',
        model: 'gpt-realtime-2.1',
        usage: {
          inputTextTokens: 1,
          inputAudioTokens: 2,
          cachedTextTokens: 0,
          cachedAudioTokens: 0,
          outputTextTokens: 3,
          outputAudioTokens: 4,
          transcriptionMs: 0,
        },
      },
    ],
    cost: {
      micros: 278,
      unpriced: 0,
      models: [
        {
          provider: 'openai',
          model: 'gpt-realtime-2.1',
          micros: 278,
          byModality: {
            textIn: 4,
            textCached: 0,
            textOut: 72,
            audioIn: 64,
            audioCached: 0,
            audioOut: 138,
            transcription: 0,
          },
        },
      ],
    },
    models: [{ provider: 'guided', model: 'guided', fromMs: 310 }],
    missingEvents: 0,
    eventCount: 9,
    events: [],
    legs: [
      {
        epoch: 1,
        relayId: 'relay-1' as RelayId,
        streamId: 'MZ1',
        attachedAt: ADMITTED,
        detachedAt: null,
        detachReason: null,
      },
    ],
    utterances: [
      {
        speaker: 'agent',
        itemId: 'item_1',
        text: 'Hello, this is Sarah.',
        startedAtMs: 900,
        endedAtMs: 2100,
        heardMs: 1200,
        generatedMs: 1200,
        interrupted: false,
        unheard: null,
      },
      {
        speaker: 'caller',
        itemId: 'item_2',
        text: 'My sink leaks.',
        startedAtMs: 2600,
        endedAtMs: 3800,
        heardMs: null,
        generatedMs: null,
        interrupted: false,
        unheard: null,
      },
    ],
    toolCalls: [
      {
        toolCallId: `tc_${callId}_1_a` as ToolCallId,
        name: 'lookup_customer',
        arguments: {},
        outcome: { status: 'ok', value: { known: true } },
        startedAtMs: 4000,
        tookMs: 80,
      },
      {
        toolCallId: `tc_${callId}_1_b` as ToolCallId,
        name: 'book_appointment',
        arguments: { service: 'plumbing' },
        outcome: null,
        startedAtMs: 9000,
        tookMs: null,
      },
    ],
    recordings: [
      {
        recordingId: randomUUID(),
        startedAtMs: 900,
        durationMs: 9_000,
        bytes: 144_000,
        outcome: 'complete',
      },
    ],
    disposition: { outcome: 'booked', detail: 'K48215' },
    ...change,
  };
}
