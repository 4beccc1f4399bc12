import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { termination, type CallId, type TenantId, type ToolCallId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { query, run } from '../../connection/unit-of-work.ts';
import type { CallRecord } from '../../entities/call-record.ts';
import type { CallFilter } from '../../entities/stored-call.ts';
import { openBusiness } from '../../test/business.ts';
import { callRecord } from '../../test/call-records.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { CallRepository } from './call.repository.ts';

let database: FreshDatabase;
let dataSource: DataSource;
let calls: CallRepository;
let tenantId: TenantId;
let strangerId: TenantId;
beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await database.open();
  calls = new CallRepository(dataSource);
});
afterAll(() => database.drop());

const business = async () => (await openBusiness(dataSource, 0)).tenantId;

async function recorded(change: Partial<CallRecord> = {}): Promise<CallId> {
  const call = callRecord(tenantId, change);
  await calls.record(call);
  return call.callId;
}

async function found(filter: CallFilter): Promise<CallId[]> {
  const { items } = await calls.list(tenantId, filter, { limit: 100 });
  return items.map(({ callId }) => callId).sort();
}

describe('a search for calls', () => {
  beforeAll(async () => {
    [tenantId, strangerId] = [await business(), await business()];
    await calls.record(callRecord(strangerId, { from: '+4930998877' }));
  });

  it('finds a part of the other party’s number in any spelling, of four digits or more', async () => {
    const inbound = await recorded({ from: '+4930123456', to: '+4930777777' });
    const outbound = await recorded({ direction: 'outbound', from: '+4930777777', to: '+4930123499' });
    for (const search of ['3012', '01234', '(030) 1234'.slice(2), '30 12-34'])
      expect(await found({ search })).toEqual([inbound, outbound].sort());
    expect(await found({ search: '123456' })).toEqual([inbound]);
    expect(await found({ search: '+49 30 1234 99' })).toEqual([outbound]);
    // Not our own side, not digits in another order, not another tenant's, not less than four.
    for (const search of ['777777', '123460', '998877', '301', '__3012', '%3012']) {
      expect(await found({ search })).toEqual([]);
    }
  });

  it('finds the beginning of an id', async () => {
    const callId = await recorded({ callId: `beef${randomUUID().slice(4)}` as CallId, from: 'anonymous' });
    for (const length of [4, 8, 9, 13, 36]) {
      expect(await found({ search: callId.slice(0, length) })).toEqual([callId]);
    }
    expect(await found({ search: callId.replaceAll('-', '').toUpperCase() })).toEqual([callId]);
    expect(await found({ search: `${callId}0` })).toEqual([]);
    expect(await found({ search: 'bee-' })).toEqual([]);
  });

  it('finds the call that made a booking', async () => {
    const callId = await recorded({ from: 'anonymous' });
    await booked(callId, 'K48215');
    for (const search of ['K48215', 'k48215', 'K 482-15']) expect(await found({ search })).toEqual([callId]);
    expect(await found({ search: 'K48216' })).toEqual([]);
  });

  it('of numbers goes through the index', async () => {
    const plan = await run(dataSource, async (manager) => {
      await query(manager, 'SET LOCAL enable_seqscan = off');
      return query<Record<string, string>>(
        manager,
        `EXPLAIN SELECT id FROM calls WHERE digit_runs_of(CASE direction WHEN 'outbound' THEN to_number
         ELSE from_number END) @> digit_runs_of('301234')`,
      );
    });
    expect(JSON.stringify(plan)).toContain('calls_by_digits');
  });

  async function booked(callId: CallId, reference: string): Promise<void> {
    await run(dataSource, async (manager) => {
      const [service] = await query<{ id: string }>(
        manager,
        `INSERT INTO services (tenant_id, key, name, duration_minutes) VALUES ($1, 'search', 'x', 30)
         RETURNING id`,
        [tenantId],
      );
      const [resource] = await query<{ id: string }>(
        manager,
        `INSERT INTO resources (tenant_id, name) VALUES ($1, 'Maria') RETURNING id`,
        [tenantId],
      );
      await query(
        manager,
        `INSERT INTO bookings (tenant_id, resource_id, service_id, period, reference, call_id)
         VALUES ($1, $2, $3, tstzrange(now(), now() + interval '1 hour'), $4, $5)`,
        [tenantId, resource?.id, service?.id, reference, callId],
      );
    });
  }
});

describe('filters of calls', () => {
  const agent = { id: randomUUID(), version: 3, name: 'Sarah' };
  const [first, second] = callRecord('' as TenantId).utterances;
  const cut = { ...first!, interrupted: true };
  const tool = (status: 'failed' | 'timed-out' | 'ok') => ({
    toolCallId: `tc_${randomUUID()}` as ToolCallId,
    name: 'lookup_customer',
    arguments: {},
    outcome:
      status === 'failed'
        ? { status, code: 'x', retryable: false }
        : status === 'ok'
          ? { status, value: {} }
          : { status },
    startedAtMs: 1,
    tookMs: 1,
  });
  let special: CallId;
  let plain: CallId;

  beforeAll(async () => {
    tenantId = await business();
    special = await recorded({
      agent,
      channel: 'asterisk',
      direction: 'outbound',
      durationMs: 90_000,
      termination: termination('relay-lost'),
      utterances: [cut, second!, cut],
      toolCalls: [tool('failed'), tool('timed-out')],
      cost: { micros: 5_000_000, unpriced: 0, models: [] },
      disposition: { outcome: 'abandoned', detail: '' },
    });
    plain = await recorded({ toolCalls: [tool('ok')], recordings: [], disposition: null });
  });

  it.each<[CallFilter, 'special' | 'plain' | 'both' | 'none']>([
    [{ agentId: agent.id }, 'special'],
    [{ agentId: agent.id, agentVersion: 3 }, 'special'],
    [{ agentId: agent.id, agentVersion: 2 }, 'none'],
    [{ channel: 'asterisk' }, 'special'],
    [{ direction: 'inbound' }, 'plain'],
    [{ outcome: 'abandoned' }, 'special'],
    [{ termination: 'relay-lost' }, 'special'],
    [{ termination: 'indeterminate' }, 'special'],
    [{ termination: 'agent-goodbye' }, 'plain'],
    [{ minDurationMs: 90_000 }, 'special'],
    [{ maxDurationMs: 89_999 }, 'plain'],
    [{ minDurationMs: 0 }, 'both'],
    [{ minCostMicros: 5_000_000 }, 'special'],
    [{ minCostMicros: 5_000_001 }, 'none'],
    [{ hasRecording: true }, 'special'],
    [{ hasRecording: false }, 'plain'],
    [{ interruptedAtLeast: 2 }, 'special'],
    [{ interruptedAtLeast: 3 }, 'none'],
    [{ toolFailed: true }, 'special'],
    [{ toolFailed: false }, 'plain'],
    [{ toolFailed: true, direction: 'inbound' }, 'none'],
  ])('narrow to the calls that match %j', async (filter, which) => {
    const expected = { special: [special], plain: [plain], both: [special, plain], none: [] }[which];
    expect(await found(filter)).toEqual(expected.sort());
  });
});
