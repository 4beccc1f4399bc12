import { describe, expect, it } from '@jest/globals';
import {
  agentSnapshotSchema,
  DEFAULT_MODEL_KIND,
  UNKNOWN_CALLER,
  type CallEvent,
  type NewCallEvent,
  type CallId,
  type TenantId,
  type Usage,
} from '@tandem/contracts';
import { ManualClock, RecordedCallLog, ScriptedVoiceModel, startCall } from '../../testing/index.ts';
import { callContext } from '../call-context.ts';
import type { CallSignal } from '../call-signals.ts';
import { takeoverOf } from '../history/takeover.ts';
import { CallBudget, WHOLE_BUDGET } from './call-budget.ts';

const tenantId = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
const nothing: Usage = {
  inputTextTokens: 0,
  inputAudioTokens: 0,
  cachedTextTokens: 0,
  cachedAudioTokens: 0,
  outputTextTokens: 0,
  outputAudioTokens: 0,
  transcriptionMs: 0,
};

function budgetOf(budgetUsd: number | null, spentMicros = 0) {
  const agent = agentSnapshotSchema.parse({
    agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
    agentVersion: 1,
    tenantId,
    name: 'Sarah',
    companyName: 'Northwind',
    timeZone: 'UTC',
    instructions: '',
    model: { kind: DEFAULT_MODEL_KIND },
    limits: { budgetUsd },
  });
  const clock = new ManualClock();
  const log = new RecordedCallLog();
  const raised: CallSignal['kind'][] = [];
  const call = {
    callId: 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId,
    tenantId,
    epoch: 1,
    callerNumber: '+12025550123',
    dialledNumber: '+12025550100',
    caller: UNKNOWN_CALLER,
    language: 'en-US',
    admittedAt: clock.wallTime(),
    agent,
  };
  const context = callContext(call, log, clock, ({ kind }) => raised.push(kind));
  const budget = new CallBudget(context, { ...WHOLE_BUDGET, spentMicros });
  /** 15,625 tokens of speech on gpt-realtime-2.1 cost a dollar. */
  const speaks = (usd: number, model = 'gpt-realtime-2.1') =>
    budget.used({
      provider: DEFAULT_MODEL_KIND,
      model,
      usage: { ...nothing, outputAudioTokens: usd * 15_625 },
    });
  return { budget, log, raised, speaks, clock };
}

describe('the budget of a call', () => {
  it('signals its warning share and its whole once each, and logs both', async () => {
    const { log, raised, speaks, clock } = budgetOf(1);
    speaks(0.75);
    expect(raised).toEqual([]);
    await clock.pass(60_000);
    speaks(0.25);
    expect(raised).toEqual(['limit-near', 'limit-reached']);
    speaks(5);
    expect(raised).toHaveLength(2);
    expect(log.of('budget.reached')).toEqual([
      { scope: 'call', share: 0.8, costUsd: 1, atMs: 60_000 },
      { scope: 'call', share: 1, costUsd: 1, atMs: 60_000 },
    ]);
  });

  it('warns before it ends', () => {
    const { raised, speaks } = budgetOf(1);
    for (let part = 0; part < 4; part += 1) speaks(0.25);
    expect(raised).toEqual(['limit-near', 'limit-reached']);
    const small = budgetOf(10);
    small.speaks(8);
    small.speaks(1);
    small.speaks(1);
    expect(small.raised).toEqual(['limit-near', 'limit-reached']);
  });

  it('counts on from what another relay spent', () => {
    const { raised, speaks } = budgetOf(1, 700_000);
    speaks(0.125);
    expect(raised).toEqual(['limit-near']);
  });

  it('counts transcription, and counts usage without a price apart', () => {
    const { budget, speaks } = budgetOf(1);
    budget.used({
      provider: DEFAULT_MODEL_KIND,
      model: 'gpt-live-transcribe',
      usage: { ...nothing, transcriptionMs: 60_000 },
    });
    speaks(1, 'gpt-realtime-of-tomorrow');
    expect(budget.costUsd).toBe(0.017);
    expect(budget.unpricedReports).toBe(1);
  });

  it('is unlimited for an agent without one', () => {
    const { budget, raised, speaks } = budgetOf(null);
    speaks(100);
    expect(raised).toEqual([]);
    expect(budget.costUsd).toBe(100);
  });
});

describe('transcription of the caller', () => {
  it('is logged as usage under the transcriber’s name', async () => {
    const call = startCall();
    await call.callerSays('Hello?');
    call.model.bills('gpt-live-transcribe', { ...nothing, transcriptionMs: 1_000 });
    expect(call.log.of('usage.reported')).toEqual([
      { provider: 'scripted', model: 'gpt-live-transcribe', usage: { ...nothing, transcriptionMs: 1_000 } },
    ]);
  });
});

describe('the budget of a call that changes relays', () => {
  const used = (usd: number): NewCallEvent => ({
    type: 'usage.reported',
    data: {
      provider: DEFAULT_MODEL_KIND,
      model: 'gpt-realtime-2.1',
      usage: { ...nothing, outputAudioTokens: usd * 15_625 },
    },
  });
  const event = (fact: NewCallEvent, index: number): CallEvent => ({
    ...fact,
    seq: index + 1,
    epoch: 1,
    at: Date.UTC(2026, 0, 5, 14),
  });
  const warned: NewCallEvent = {
    type: 'budget.reached',
    data: { scope: 'call', share: 0.8, costUsd: 0.9, atMs: 1 },
  };

  it('counts on from what was spent before, and warns only once', async () => {
    const priced = new ScriptedVoiceModel(DEFAULT_MODEL_KIND);
    const call = startCall({
      model: () => priced,
      agent: { greeting: '', limits: { budgetUsd: 1 } },
      takeover: () => takeoverOf([used(0.5), used(0.4), warned].map(event)),
    });
    await call.passes(1);
    const [model] = priced.sessions;
    model!.bills('gpt-realtime-2.1', { ...nothing, outputAudioTokens: 0.05 * 15_625 });
    expect(call.log.of('budget.reached')).toEqual([]);
    model!.bills('gpt-realtime-2.1', { ...nothing, outputAudioTokens: 0.05 * 15_625 });
    expect(call.log.of('budget.reached').map(({ share }) => share)).toEqual([1]);
    expect(model!.asked.at(-1)).toContain('our time is up');
  });
});
