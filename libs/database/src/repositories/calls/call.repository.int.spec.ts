import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId, ToolCallId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import type { CallRecord } from '../../entities/call-record.ts';
import { openBusiness } from '../../test/business.ts';
import { callRecord } from '../../test/call-records.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { acrossTenants, query } from '../../connection/unit-of-work.ts';
import { CallRepository } from './call.repository.ts';

describe('recorded calls', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let calls: CallRepository;
  let tenantId: TenantId;
  let strangerId: TenantId;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    calls = new CallRepository(dataSource);
    tenantId = (await openBusiness(dataSource, 0)).tenantId;
    strangerId = (await openBusiness(dataSource, 0)).tenantId;
  });
  afterAll(() => database.drop());

  const record = (change: Partial<CallRecord> = {}) => callRecord(tenantId, change);

  const rowsOf = (callId: CallId) =>
    acrossTenants(dataSource, 'installation', (manager) =>
      query(
        manager,
        `SELECT (SELECT to_jsonb(c) - 'recorded_at' FROM calls c WHERE id = $1) AS call,
           (SELECT jsonb_agg(l) FROM call_legs l WHERE call_id = $1) AS legs,
           (SELECT jsonb_agg(u) FROM utterances u WHERE call_id = $1) AS utterances,
           (SELECT jsonb_agg(t ORDER BY t.id) FROM tool_calls t WHERE call_id = $1) AS tools,
           (SELECT jsonb_agg(d) FROM dispositions d WHERE call_id = $1) AS dispositions`,
        [callId],
      ),
    );

  it('are given back as they were written', async () => {
    const call = record();
    await calls.record(call);
    const { eventCount: _count, ...told } = call;
    expect(await calls.get(tenantId, call.callId)).toEqual({
      ...told,
      recordings: told.recordings.map((recording) => ({ ...recording, deletedAt: null })),
      refusalReason: null,
    });
  });

  it('make the same rows when they are recorded twice, and twice at once', async () => {
    const call = record();
    await calls.record(call);
    const once = await rowsOf(call.callId);
    expect(await Promise.all([calls.record(call), calls.record(call), calls.record(call)])).toEqual([
      'recorded',
      'recorded',
      'recorded',
    ]);
    expect(await rowsOf(call.callId)).toEqual(once);
  });

  it('follow a later fold of more events, and are not taken back by an earlier one', async () => {
    const early = record({
      eventCount: 4,
      status: 'in-progress',
      endedAt: null,
      termination: null,
      disposition: null,
    });
    const late = {
      ...record({ ...early, eventCount: 12, status: 'completed' }),
      utterances: early.utterances.slice(0, 1),
    };
    await calls.record(early);
    expect(await calls.record(late)).toBe('recorded');
    expect(await calls.record(early)).toBe('stale');
    const kept = await calls.get(tenantId, early.callId);
    expect(kept?.status).toBe('completed');
    expect(kept?.utterances).toHaveLength(1);
  });

  it('of another tenant are neither overwritten nor read', async () => {
    const call = record();
    await calls.record(call);
    expect(await calls.record({ ...call, tenantId: strangerId, from: '+19995550100', eventCount: 99 })).toBe(
      'stale',
    );
    expect((await calls.get(tenantId, call.callId))?.from).toBe(call.from);
    expect(await calls.get(strangerId, call.callId)).toBeNull();
  });

  it('are written whole or not at all', async () => {
    const call = record({
      utterances: [
        {
          speaker: 'nobody' as 'caller',
          itemId: 'x',
          text: '',
          startedAtMs: 0,
          endedAtMs: 0,
          heardMs: null,
          interrupted: false,
        },
      ],
    });
    await expect(calls.record(call)).rejects.toThrow('23514');
    expect(await calls.get(tenantId, call.callId)).toBeNull();
  });

  it('survive characters Postgres cannot store, fractions of ms and clocks gone mad', async () => {
    const call = record({
      from: 'anony\0mous',
      utterances: [
        {
          speaker: 'caller',
          itemId: 'a\0',
          text: 'so\0me \ud83d half',
          startedAtMs: 0.5,
          endedAtMs: 1e300,
          heardMs: null,
          interrupted: false,
        },
      ],
      toolCalls: [
        {
          toolCallId: 'tc_x' as ToolCallId,
          name: 'x',
          arguments: { 'k\0': ['\0', '\udc00', 1.5] },
          outcome: { status: 'failed', code: 'a\0', retryable: true },
          startedAtMs: 3.6,
          tookMs: 0.4,
        },
      ],
    });
    await calls.record(call);
    const kept = await calls.get(tenantId, call.callId);
    expect(kept?.from).toBe('anonymous');
    expect(kept?.utterances[0]).toMatchObject({
      itemId: 'a',
      text: 'some \ufffd half',
      startedAtMs: 1,
      endedAtMs: 2 ** 31 - 1,
    });
    expect(kept?.toolCalls[0]).toMatchObject({
      arguments: { k: ['', '\ufffd', 1.5] },
      outcome: { status: 'failed', code: 'a', retryable: true },
      startedAtMs: 4,
    });
  });

  it('take a repeated leg or tool call once', async () => {
    const call = record();
    await calls.record({
      ...call,
      legs: [...call.legs, ...call.legs],
      toolCalls: [...call.toolCalls, ...call.toolCalls],
      recordings: [...call.recordings, ...call.recordings],
    });
    const kept = await calls.get(tenantId, call.callId);
    expect(kept?.legs).toHaveLength(1);
    expect(kept?.toolCalls).toHaveLength(2);
    expect(kept?.recordings).toEqual(call.recordings.map((recording) => ({ ...recording, deletedAt: null })));
  });
});
