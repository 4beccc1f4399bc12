import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { termination, type CallId } from '@tandem/contracts';
import { AgentDirectory, type CallRecord } from '@tandem/database';
import { RunningControl, type Operator } from '../test/running-control.ts';

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

describe('costs of calls', () => {
  const call = (
    { tenantId }: Operator,
    admittedAt: string,
    micros: number | null,
    change: Partial<CallRecord> = {},
  ): CallRecord => ({
    callId: randomUUID() as CallId,
    tenantId,
    status: 'completed',
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId: 'CA1',
    attestation: null,
    agent: null,
    modelKind: 'openai-realtime',
    language: 'en-US',
    variantKey: 'short',
    callerGroup: 'primary',
    admittedAt: new Date(admittedAt),
    answeredAt: null,
    endedAt: null,
    durationMs: null,
    termination: termination('agent-goodbye'),
    latencies: {},
    usage: [],
    cost:
      micros === null
        ? null
        : {
            micros,
            unpriced: 1,
            models: [
              {
                provider: 'openai-realtime',
                model: 'gpt-realtime-2.1',
                micros,
                byModality: {
                  textIn: 0,
                  textCached: 0,
                  textOut: 0,
                  audioIn: 0,
                  audioCached: 0,
                  audioOut: micros,
                  transcription: 0,
                },
              },
            ],
          },
    models: [{ provider: 'openai-realtime', model: 'gpt-realtime-2.1', fromMs: 300 }],
    missingEvents: 0,
    eventCount: 1,
    events: [],
    legs: [],
    utterances: [],
    toolCalls: [],
    recordings: [],
    disposition: null,
    ...change,
  });

  it('are returned by model and modality, and calls are filtered by their fields', async () => {
    const operator = await control.operator();
    const told = call(operator, '2026-11-25T15:00:00Z', 1_250_000);
    for (const record of [
      told,
      call(operator, '2026-11-25T16:00:00Z', null, { variantKey: null, callerGroup: null, language: 'es' }),
    ])
      await control.calls.record(record);
    const found = async (query: string) =>
      ((await control.ask('GET', `/v1/calls?${query}`, operator.apiKey)).body['items'] as unknown[]).length;
    expect([
      await found('variant=short'),
      await found('callerGroup=primary'),
      await found('language=es'),
      await found(''),
    ]).toEqual([1, 1, 1, 2]);
    const detail = (await control.ask('GET', `/v1/calls/${told.callId}`, operator.apiKey)).body;
    expect(detail).toMatchObject({
      variantKey: 'short',
      callerGroup: 'primary',
      language: 'en-US',
      costUsd: 1.25,
      cost: {
        usd: 1.25,
        isComplete: false,
        models: [{ model: 'gpt-realtime-2.1', usd: 1.25, byModality: { audioOut: 1.25, textIn: 0 } }],
      },
    });
    expect((await control.ask('GET', '/v1/calls?language=es', operator.apiKey)).body).toMatchObject({
      items: [{ costUsd: null, variantKey: null }],
    });
  });

  it('are summed per day of the tenant’s calendar', async () => {
    const operator = await control.operator();
    // Midnight in New York is 5 o'clock UTC in November.
    for (const at of [
      '2026-11-01T03:59:59Z',
      '2026-11-01T04:00:00Z',
      '2026-11-25T04:59:59Z',
      '2026-11-25T05:00:00Z',
      '2026-12-01T04:59:59Z',
      '2026-12-01T05:00:00Z',
    ]) {
      await control.calls.record(call(operator, at, 1_000_000));
    }
    expect((await control.ask('GET', '/v1/spending?month=2026-11', operator.apiKey)).body).toEqual({
      month: '2026-11',
      usd: 4,
      days: ['2026-11-01', '2026-11-24', '2026-11-25', '2026-11-30'].map((date) => ({
        date,
        calls: 1,
        usd: 1,
        unpriced: 1,
      })),
    });
  });

  it('have limits that admission reads, and none at first', async () => {
    const { apiKey, e164 } = await control.operator();
    expect((await control.ask('GET', '/v1/spending/budget', apiKey)).body).toEqual({
      dailyUsd: null,
      monthlyUsd: null,
      warnShare: 0.8,
    });
    expect(
      (
        await control.ask('PUT', '/v1/spending/budget', apiKey, {
          dailyUsd: 12.5,
          monthlyUsd: 200,
          warnShare: 0.9,
        })
      ).body,
    ).toEqual({ dailyUsd: 12.5, monthlyUsd: 200, warnShare: 0.9 });
    expect((await new AgentDirectory(control.dataSource).findByNumber(e164))?.tenant.budget).toEqual({
      dailyMicros: 12_500_000,
      monthlyMicros: 200_000_000,
      warnShare: 0.9,
    });
  });

  it('refuse malformed queries and budgets', async () => {
    const { apiKey } = await control.operator();
    const bad: [string, string, unknown?][] = [
      ['PUT', '/v1/spending/budget', { dailyUsd: -1, monthlyUsd: null }],
      ['GET', '/v1/spending?month=2026-13'],
    ];
    for (const [method, path, body] of bad) {
      const answer = await control.ask(method, path, apiKey, body);
      expect([method, path, answer.status]).toEqual([method, path, 400]);
    }
  });
});
