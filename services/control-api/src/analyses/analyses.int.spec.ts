import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { termination, type AnalysisJob, type CallId } from '@tandem/contracts';
import { AgentDirectory, AnalysisRepository, type AnalysisResult } from '@tandem/database';
import { AGENT_CONTENT } from '../test/given.ts';
import { RunningControl, type Operator } from '../test/running-control.ts';

const AFTER_CALL = {
  outcomes: [{ key: 'refund', description: 'The caller wants money back.' }],
  extraction: { type: 'object', properties: { order: { type: 'string' } } },
};
const DONE: AnalysisResult = {
  state: 'done',
  source: 'model',
  model: 'small',
  summary: '=HYPERLINK("https://evil.example") "quoted",\nnext line',
  outcome: 'refund',
  extractionState: 'extracted',
  extraction: { order: 'A-1' },
  followUps: [{ what: 'Send the money.', due: '2026-12-01', who: 'staff' }],
  usage: { inputTokens: 40, cachedInputTokens: 8, outputTokens: 10 },
  costMicros: 1_500,
};
const PERIOD = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' };
const TABLE = `/v1/calls/analyses.csv?from=${PERIOD.from}&to=${PERIOD.to}`;

let control: RunningControl;
let own: Operator;
let stranger: Operator;
let callId: CallId;

beforeAll(async () => {
  control = await RunningControl.start();
  own = await control.operator();
  stranger = await control.operator();
  await new AgentDirectory(control.dataSource).publish(own.tenantId, own.agentId, {
    ...AGENT_CONTENT,
    model: { kind: 'guided' },
    afterCall: AFTER_CALL,
  });
  callId = await endCall(own);
});
afterAll(() => control.stop());

async function endCall({ tenantId, agentId }: Operator): Promise<CallId> {
  const id = randomUUID() as CallId;
  const at = new Date('2026-11-21T15:00:00Z');
  await control.calls.record({
    callId: id,
    tenantId,
    status: 'completed',
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId: 'CA1',
    attestation: null,
    agent: { id: agentId, version: 2, name: 'Sarah' },
    modelKind: 'guided',
    language: 'en-US',
    variantKey: null,
    callerGroup: null,
    admittedAt: at,
    answeredAt: at,
    endedAt: new Date(at.getTime() + 60_000),
    durationMs: 60_000,
    termination: termination('agent-goodbye'),
    latencies: {},
    usage: [],
    cost: null,
    models: [],
    missingEvents: 0,
    eventCount: 9,
    events: [],
    legs: [],
    utterances: [],
    toolCalls: [],
    recordings: [],
    disposition: { outcome: 'handled', detail: 'the agent said goodbye' },
  });
  return id;
}
async function settle(result: AnalysisResult = DONE): Promise<void> {
  const jobs = await control.sql<AnalysisJob>(
    `SELECT id AS "analysisId", tenant_id AS "tenantId", round FROM call_analyses WHERE state = 'waiting'`,
  );
  for (const job of jobs) await new AnalysisRepository(control.dataSource).settle(job, result, null);
}
const analysesOf = async () =>
  (await control.ask('GET', `/v1/calls/${callId}`, own.apiKey)).body['analyses'] as Record<string, unknown>[];
const start = (body: object, as = own) => control.ask('POST', '/v1/call-analyses', as.apiKey, body);

describe('the analysis of a call', () => {
  it('stands with the call: first as waiting, then with its result', async () => {
    expect(await analysesOf()).toMatchObject([{ state: 'waiting', source: null, settledAt: null }]);
    await settle();
    expect(await analysesOf()).toEqual([
      expect.objectContaining({
        state: 'done',
        isReplay: false,
        summary: DONE.state === 'done' ? DONE.summary : '',
        outcome: 'refund',
        extraction: { order: 'A-1' },
        followUps: [{ what: 'Send the money.', due: '2026-12-01', who: 'staff' }],
        costUsd: 0.0015,
      }),
    ]);
  });

  it('is a row of a table in which nothing is a formula', async () => {
    const { status, headers, text } = await control.ask('GET', TABLE, own.apiKey);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    const [names, row = ''] = text.split(/\r\n/);
    expect(names).toMatch(/^"call_id","admitted_at","from",/);
    expect(row).toContain(`"${callId}","2026-11-21T15:00:00.000Z","'+12025550123"`);
    expect(row).toContain(`"'=HYPERLINK(""https://evil.example"") ""quoted"",\nnext line"`);
    expect(row).toContain(`"staff, 2026-12-01: Send the money.","{""order"":""A-1""}"`);
    expect((await control.ask('GET', TABLE, stranger.apiKey)).text.trim()).toBe(names);
    expect((await control.ask('GET', `${TABLE}&agent=${randomUUID()}`, own.apiKey)).text.trim()).toBe(names);
    const long = '/v1/calls/analyses.csv?from=2024-01-01T00:00:00Z&to=2026-12-01T00:00:00Z';
    expect((await control.ask('GET', long, own.apiKey)).status).toBe(400);
  });
});

describe('a run', () => {
  it('analyses past calls with other settings, once for one key, and tells how far it is', async () => {
    const body = { ...PERIOD, agentId: own.agentId, afterCall: { instructions: 'Be brief.' } };
    const key = randomUUID();
    const ask = () => control.ask('POST', '/v1/call-analyses', own.apiKey, body, key);
    const created = await ask();
    expect(created).toMatchObject({ status: 201, body: { state: 'running', queued: 1, skipped: 0 } });
    expect((await ask()).body['id']).toBe(created.body['id']);
    const path = `/v1/call-analyses/${String(created.body['id'])}`;
    expect((await control.ask('GET', path, stranger.apiKey)).status).toBe(404);
    await settle({ state: 'failed', reason: 'model-refused', model: 'small', usage: null, costMicros: null });
    expect((await control.ask('GET', path, own.apiKey)).body).toMatchObject({
      state: 'finished',
      queued: 0,
      failed: 1,
      version: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(await analysesOf()).toMatchObject([
      { state: 'failed', reason: 'model-refused', isReplay: true },
      { state: 'done' },
    ]);
    const { items } = (await control.ask('GET', '/v1/call-analyses', own.apiKey)).body as { items: object[] };
    expect(items).toMatchObject([{ id: created.body['id'] }]);
  });

  it('is cancelled, and what waits of it with it', async () => {
    const { body } = await start({ callIds: [callId], afterCall: { summary: false } });
    const path = `/v1/call-analyses/${String(body['id'])}/cancel`;
    expect((await control.ask('POST', path, stranger.apiKey)).status).toBe(404);
    expect(await control.ask('POST', path, own.apiKey)).toMatchObject({
      status: 200,
      body: { state: 'cancelled', queued: 0, cancelled: 1 },
    });
  });

  it.each<[string, object]>([
    ['nothing chosen', {}],
    ['calls and a period', { callIds: [randomUUID()], ...PERIOD }],
    ['half a period', { from: PERIOD.from }],
    ['a period that ends before it begins', { from: PERIOD.to, to: PERIOD.from }],
    ['an agent without a period', { callIds: [randomUUID()], agentId: randomUUID() }],
    ['a schema with a pattern', { ...PERIOD, afterCall: { extraction: withPattern() } }],
    ['settings nobody knows', { ...PERIOD, afterCall: { colour: 'red' } }],
  ])('is refused with %s', async (_what, body) => {
    expect(await start(body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});

describe('the settings of an agent for the time after the call', () => {
  const publish = async (afterCall: object) => {
    const path = `/v1/agents/${own.agentId}/versions`;
    const { status, body } = await control.ask('POST', path, own.apiKey, { ...AGENT_CONTENT, afterCall });
    return [
      status,
      ...((body['errors'] ?? []) as { message: string }[]).map(({ message }) => message),
    ].join();
  };

  it.each<[string, object, RegExp]>([
    ['all of them', { ...AFTER_CALL, language: 'de' }, /^201$/],
    ['a pattern', { extraction: withPattern() }, /afterCall\.extraction\.properties\.order\.pattern/],
    ['a schema of nothing', { extraction: { type: 'object' } }, /must have a property/],
    [
      'two outcomes of one key',
      { outcomes: [...AFTER_CALL.outcomes, ...AFTER_CALL.outcomes] },
      /two outcomes have the same key/,
    ],
    ['a field nobody knows', { colour: 'red' }, /afterCall\.colour: there is no such field/],
    ['another way for follow-ups', { followUps: 'e-mail' }, /afterCall\.followUps/],
  ])('are checked: %s', async (_what, afterCall, message) => {
    expect(await publish(afterCall)).toMatch(message);
  });
});

function withPattern() {
  return { type: 'object', properties: { order: { type: 'string', pattern: '(a+)+$' } } };
}
