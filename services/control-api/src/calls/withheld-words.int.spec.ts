import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { termination, type CallId, type ToolCallId } from '@tandem/contracts';
import type { CallRecord } from '@tandem/database';
import { RunningControl, type Operator } from '../test/running-control.ts';

let control: RunningControl;
let own: Operator;
beforeAll(async () => {
  control = await RunningControl.start();
  own = await control.operator();
});
afterAll(() => control.stop());

const callId = randomUUID() as CallId;
const call = (): CallRecord => ({
  callId,
  tenantId: own.tenantId,
  status: 'completed',
  direction: 'inbound',
  channel: 'twilio',
  from: '+12025550123',
  to: own.e164,
  carrierCallId: 'CA1',
  attestation: null,
  agent: null,
  modelKind: 'guided',
  language: 'en-US',
  variantKey: null,
  callerGroup: null,
  admittedAt: new Date('2027-03-01T14:00:00Z'),
  answeredAt: null,
  endedAt: null,
  durationMs: null,
  termination: termination('agent-goodbye'),
  latencies: {},
  usage: [],
  cost: null,
  models: [],
  missingEvents: 0,
  eventCount: 1,
  legs: [],
  events: [],
  utterances: [
    {
      itemId: 'i1',
      speaker: 'caller',
      text: 'My boiler is cold.',
      startedAtMs: 0,
      endedAtMs: 900,
      heardMs: null,
      interrupted: false,
      generatedMs: null,
      unheard: null,
    },
  ],
  toolCalls: [
    {
      toolCallId: `tc_${callId}_1_a` as ToolCallId,
      name: 'create_lead',
      arguments: { note: 'boiler' },
      outcome: null,
      startedAtMs: 1_000,
      tookMs: null,
    },
  ],
  recordings: [],
  disposition: { outcome: 'booked', detail: 'The boiler is looked at.' },
});

describe('a call', () => {
  it('is shown to viewers, and keys without the scope, without what was said in it', async () => {
    await control.calls.record(call());
    const path = `/v1/calls/${callId}`;
    const viewer = await control.signedIn(own.tenantId, 'viewer');
    const key = await control.apiKey(own.tenantId, ['calls:read']);
    for (const answer of [
      await control.browse('GET', path, viewer.cookie),
      await control.ask('GET', path, key),
    ]) {
      expect(answer).toMatchObject({
        status: 200,
        body: {
          callId,
          outcome: 'booked',
          disposition: { outcome: 'booked', detail: '' },
          transcript: [],
          toolCalls: [],
          analyses: [],
        },
      });
      expect(answer.text).not.toMatch(/boiler/i);
    }
    const operator = await control.signedIn(own.tenantId, 'operator');
    const words = await control.browse('GET', path, operator.cookie);
    expect(words.body).toMatchObject({
      transcript: [{ text: 'My boiler is cold.' }],
      toolCalls: [{ arguments: { note: 'boiler' } }],
    });
  });
});
