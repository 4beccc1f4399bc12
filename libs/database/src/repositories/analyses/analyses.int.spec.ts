import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  afterCallSchema,
  type AgentContentInput,
  type AnalysisJob,
  type CallId,
  type TenantId,
} from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { acrossTenants, query } from '../../connection/unit-of-work.ts';
import type { AnalysisResult, NewAnalysisRun } from '../../entities/analysis.ts';
import { openBusiness } from '../../test/business.ts';
import { ADMITTED, callRecord } from '../../test/call-records.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { AgentDirectory } from '../agents/agent-directory.ts';
import { CallRepository } from '../calls/call.repository.ts';
import { AnalysisRunRepository } from './analysis-run.repository.ts';
import { AnalysisRepository } from './analysis.repository.ts';

const DONE: AnalysisResult = {
  state: 'done',
  source: 'model',
  model: 'small',
  summary: 'A leak.',
  outcome: 'appointment',
  extractionState: 'extracted',
  extraction: { room: 'kitchen\0' },
  followUps: [{ what: 'Call back.', due: null, who: 'staff' }],
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 2 },
  costMicros: null,
};
const FAILED: AnalysisResult = {
  state: 'failed',
  reason: 'model-unavailable',
  model: null,
  usage: null,
  costMicros: null,
};
const PERIOD = {
  from: new Date(ADMITTED.getTime() - 1),
  to: new Date(ADMITTED.getTime() + 1),
  agentId: null,
};
const TAKE = { limit: 100, perTenant: 2, againMs: 60_000 };
const OTHER = afterCallSchema.parse({ instructions: 'Be brief.' });

let database: FreshDatabase;
let dataSource: DataSource;
let analyses: AnalysisRepository;
let runs: AnalysisRunRepository;
let tenantId: TenantId;
let strangerId: TenantId;

beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await database.open();
  analyses = new AnalysisRepository(dataSource);
  runs = new AnalysisRunRepository(dataSource);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql('TRUNCATE analysis_settings, analysis_runs, calls CASCADE');
  tenantId = (await openBusiness(dataSource, 0)).tenantId;
  strangerId = (await openBusiness(dataSource, 0)).tenantId;
});

const sql = <Row>(text: string, ...values: unknown[]): Promise<Row[]> =>
  acrossTenants(dataSource, 'installation', (manager) => query<Row>(manager, text, values));

/** Stores calls of an agent that have ended. */
async function endCalls(
  count: number,
  afterCall: AgentContentInput['afterCall'],
  owner = tenantId,
): Promise<CallId[]> {
  const agentId = randomUUID();
  await new AgentDirectory(dataSource).publish(owner, agentId, {
    name: 'Sarah',
    companyName: 'Test',
    timeZone: 'UTC',
    instructions: '',
    model: { kind: 'guided' },
    afterCall,
  });
  const agent = { id: agentId, version: 1, name: 'Sarah' };
  const calls = Array.from({ length: count }, () => callRecord(owner, { agent }));
  for (const call of calls) await new CallRepository(dataSource).record(call);
  return calls.map(({ callId }) => callId);
}
const jobOf = async (callId: CallId, owner = tenantId): Promise<AnalysisJob> => {
  const [found] = await sql<AnalysisJob>(
    `SELECT id AS "analysisId", tenant_id AS "tenantId", round FROM call_analyses
     WHERE call_id = $1 AND tenant_id = $2 AND state = 'waiting'`,
    callId,
    owner,
  );
  return found!;
};
const eventsOf = (callId: CallId) =>
  sql<{ type: string }>('SELECT type FROM outbox_events WHERE subject_id = $1 ORDER BY sequence', callId);
const begin = (request: Partial<NewAnalysisRun> = {}, owner = tenantId) =>
  acrossTenants(dataSource, 'installation', (transaction) =>
    runs.create(transaction, owner, { selection: PERIOD, settings: null, ...request }),
  );
const begun = async (request: Partial<NewAnalysisRun> = {}) => {
  const created = await begin(request);
  if (typeof created === 'string') throw new TypeError(created);
  return created;
};
const cancel = (id: string, owner = tenantId) =>
  acrossTenants(dataSource, 'installation', (transaction) => runs.cancel(transaction, owner, id));

describe('the analysis of a call', () => {
  it('is asked for when the call ends, once however many times it is stored', async () => {
    const [callId] = await endCalls(1, {});
    const call = callRecord(tenantId, { callId: callId!, eventCount: 20 });
    await new CallRepository(dataSource).record(call);
    const waiting = await analyses.ofCall(tenantId, callId!);
    expect(waiting).toMatchObject([{ state: 'waiting', isReplay: false, source: null }]);
    expect(await analyses.waiting(await jobOf(callId!))).toMatchObject({
      callId,
      language: 'en-US',
      companyName: 'Test',
      settings: { summary: true },
    });
    expect(await eventsOf(callId!)).toEqual([
      { type: 'call.started' },
      { type: 'call.ended' },
      { type: 'transcript.ready' },
    ]);
  });

  it('is settled once, with one event and one message, by whichever of two workers is first', async () => {
    const [callId] = await endCalls(1, {});
    const job = await jobOf(callId!);
    const message = { body: 'Call back.', contactPhone: '+12025550123' };
    const settled = await Promise.all([1, 2, 3].map(() => analyses.settle(job, DONE, message)));
    expect(settled.filter(Boolean)).toHaveLength(1);
    expect((await eventsOf(callId!)).map(({ type }) => type)).toEqual([
      'call.started',
      'call.ended',
      'transcript.ready',
      'staff-message.created',
      'call.analysed',
    ]);
    const [analysis] = await analyses.ofCall(tenantId, callId!);
    expect(analysis).toMatchObject({ ...DONE, extraction: { room: 'kitchen' } });
    expect(await analyses.waiting(job)).toBeNull();
  });

  it('is another tenant’s to neither see nor settle', async () => {
    const [callId] = await endCalls(1, {});
    const job = { ...(await jobOf(callId!)), tenantId: strangerId };
    expect(await analyses.settle(job, DONE, null)).toBe(false);
    expect(await analyses.waiting(job)).toBeNull();
    expect(await analyses.ofCall(strangerId, callId!)).toEqual([]);
    expect((await analyses.export(strangerId, PERIOD).next()).value).toEqual([]);
    expect(await begin({ selection: { callIds: [callId!] }, settings: OTHER }, strangerId)).toMatchObject({
      queued: 0,
      skipped: 1,
    });
  });

  it('gets its job in turn: no tenant more than its share, fresh calls before those of runs', async () => {
    await endCalls(5, {});
    await endCalls(1, {}, strangerId);
    await begun({ settings: OTHER });
    const taken = await analyses.due(TAKE);
    const kinds = taken.map((due) => [due.tenantId === tenantId, due.isReplay, due.place]);
    expect(kinds.sort()).toEqual([
      [false, false, 1],
      [true, false, 1],
      [true, false, 2],
      [true, true, 1],
      [true, true, 2],
    ]);
    expect(await analyses.due(TAKE)).toEqual([]);
    await analyses.settle(
      taken.find(({ isReplay, place }) => isReplay && place === 1)!,
      DONE,
      null,
    );
    expect(await analyses.due(TAKE)).toMatchObject([{ tenantId, isReplay: true, place: 2 }]);
  });
});

describe('a run over past calls', () => {
  it('makes what failed or was made by rules again, and keeps what a model made', async () => {
    const [made, failed, ruled, bare] = [...(await endCalls(3, {})), ...(await endCalls(1, undefined))];
    await analyses.settle(await jobOf(made!), DONE, null);
    await analyses.settle(await jobOf(failed!), FAILED, null);
    await analyses.settle(await jobOf(ruled!), { ...DONE, source: 'rules', model: null }, null);
    const created = await begun();
    expect(created).toMatchObject({ queued: 2, done: 1, failed: 0, skipped: 1, version: null });
    expect(await analyses.ofCall(tenantId, bare!)).toEqual([]);
    await analyses.settle(await jobOf(failed!), DONE, null);
    expect((await eventsOf(failed!)).map(({ type }) => type)).toEqual([
      'call.started',
      'call.ended',
      'transcript.ready',
      'call.analysed',
      'call.analysed',
    ]);
    expect(await runs.find(tenantId, created.id)).toMatchObject({ queued: 1, done: 2 });
    expect(await runs.find(strangerId, created.id)).toBeNull();
  });

  it('with other settings adds a version to each call', async () => {
    const [callId] = await endCalls(1, undefined);
    const { version } = await begun({
      selection: { callIds: [callId!, randomUUID() as CallId] },
      settings: OTHER,
    });
    await analyses.settle(await jobOf(callId!), DONE, null);
    const third = afterCallSchema.parse({ instructions: 'Be verbose.' });
    expect(await begun({ settings: third })).toMatchObject({ queued: 1, skipped: 0 });
    expect(await analyses.ofCall(tenantId, callId!)).toMatchObject([
      { state: 'waiting', isReplay: true },
      { state: 'done', version },
    ]);
    expect(await begun({ settings: OTHER })).toMatchObject({ queued: 0, done: 1, version });
  });

  it('is cancelled without what another run or a fresh call waits for', async () => {
    const [callId, other] = await endCalls(2, {});
    const first = await begun({ settings: OTHER });
    const second = await begun({ selection: { callIds: [callId!] }, settings: OTHER });
    const own = await begun();
    expect(await cancel(first.id, strangerId)).toBeNull();
    expect(await cancel(first.id)).toMatchObject({ queued: 1, cancelled: 1 });
    expect(await cancel(own.id)).toMatchObject({ queued: 2, cancelled: 0 });
    expect(await cancel(second.id)).toMatchObject({ queued: 0, cancelled: 1 });
    expect((await analyses.ofCall(tenantId, other!)).map(({ state }) => state).sort()).toEqual([
      'cancelled',
      'waiting',
    ]);
    expect(await begun({ settings: OTHER })).toMatchObject({ queued: 2 });
  });

  it('is refused while three others are under way', async () => {
    await endCalls(1, {});
    for (const instructions of ['1', '2', '3'])
      await begun({ settings: afterCallSchema.parse({ instructions }) });
    expect(await begin({ settings: OTHER })).toBe('too-many-runs');
  });
});
