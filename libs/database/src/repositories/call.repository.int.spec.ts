import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { termination, type CallId, type RelayId, type TenantId, type ToolCallId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import type { CallRecord, RefusedCall } from '../call-record.ts';
import { CursorMalformed } from '../page.ts';
import { openBusiness } from '../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../test/fresh-database.ts';
import { rows, run } from '../unit-of-work.ts';
import { CallRepository } from './call.repository.ts';

const ADMITTED = new Date('2027-03-01T14:00:00.123Z');

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

  function record(change: Partial<CallRecord> = {}): CallRecord {
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
          interrupted: false,
        },
        {
          speaker: 'caller',
          itemId: 'item_2',
          text: 'My sink leaks.',
          startedAtMs: 2600,
          endedAtMs: 3800,
          heardMs: null,
          interrupted: false,
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

  const rowsOf = (callId: CallId) =>
    run(dataSource, (manager) =>
      rows(
        manager,
        `SELECT (SELECT to_jsonb(c) - 'recorded_at' FROM calls c WHERE id = $1) AS call,
           (SELECT jsonb_agg(l) FROM call_legs l WHERE call_id = $1) AS legs, (SELECT jsonb_agg(u) FROM utterances u WHERE call_id = $1) AS utterances,
           (SELECT jsonb_agg(t ORDER BY t.id) FROM tool_calls t WHERE call_id = $1) AS tools, (SELECT jsonb_agg(d) FROM dispositions d WHERE call_id = $1) AS dispositions`,
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

  describe('that were refused', () => {
    const refused = (change: Partial<RefusedCall> = {}): RefusedCall => ({
      callId: randomUUID() as CallId,
      tenantId,
      direction: 'inbound',
      channel: 'twilio',
      from: '+12025550123',
      to: '+12025550100',
      carrierCallId: null,
      rangAt: ADMITTED,
      refusedAt: ADMITTED,
      reason: 'closed',
      language: 'en-US',
      attestation: null,
      callerGroup: null,
      ...change,
    });

    it('are rows with their reason, written once', async () => {
      const call = refused();
      await calls.recordRefusal(call);
      await calls.recordRefusal({ ...call, reason: 'no-capacity' });
      expect(await calls.get(tenantId, call.callId)).toMatchObject({
        status: 'failed',
        refusalReason: 'closed',
        termination: termination('refused'),
        agent: null,
        durationMs: 0,
      });
    });

    it(
      'or given up waiting tell how long, are found by their reason, and a wish to be called back is an ' +
        'event of its own',
      async () => {
        const { tenantId: own } = await openBusiness(dataSource, 0);
        const wish = refused({
          tenantId: own,
          reason: 'callback-requested',
          refusedAt: new Date(ADMITTED.getTime() + 42_000),
          language: 'de-DE',
        });
        expect(await calls.recordRefusal(wish)).toEqual({ isNew: true, reason: 'callback-requested' });
        expect(await calls.recordRefusal({ ...wish, reason: 'abandoned' })).toEqual({
          isNew: false,
          reason: 'callback-requested',
        });
        await calls.recordRefusal(refused({ tenantId: own, reason: 'abandoned' }));
        const { items } = await calls.list(own, { refusalReason: 'callback-requested' }, { limit: 10 });
        expect(items).toMatchObject([
          {
            callId: wish.callId,
            status: 'completed',
            termination: termination('caller-hangup'),
            durationMs: 42_000,
            language: 'de-DE',
          },
        ]);
        const events: { type: string; data: object }[] = await dataSource.query(
          'SELECT type, data FROM outbox_events WHERE tenant_id = $1 ORDER BY type DESC',
          [own],
        );
        expect(events).toMatchObject([
          {
            type: 'callback.requested',
            data: {
              callId: wish.callId,
              from: '+12025550123',
              language: 'de-DE',
              requestedAt: wish.refusedAt.toISOString(),
            },
          },
          { type: 'call.refused', data: { reason: 'abandoned' } },
        ]);
      },
    );

    it('as abandoned are a wish to be called back when that is told of later, and nothing else', async () => {
      const gone = refused({ reason: 'abandoned' });
      await calls.recordRefusal(gone);
      expect(await calls.recordRefusal({ ...gone, reason: 'no-capacity' })).toEqual({
        isNew: false,
        reason: 'abandoned',
      });
      expect(await calls.recordRefusal({ ...gone, reason: 'callback-requested' })).toEqual({
        isNew: true,
        reason: 'callback-requested',
      });
      expect(await calls.recordRefusal({ ...gone, reason: 'callback-requested' })).toEqual({
        isNew: false,
        reason: 'callback-requested',
      });
      const events: object[] = await dataSource.query(
        'SELECT type, sequence FROM outbox_events WHERE subject_id = $1 ORDER BY sequence',
        [gone.callId],
      );
      expect(events).toEqual([
        { type: 'call.refused', sequence: 1 },
        { type: 'callback.requested', sequence: 2 },
      ]);
    });

    it('have no tenant when the number is nobody’s, and only then', async () => {
      await calls.recordRefusal(refused({ tenantId: null, reason: 'unknown-number' }));
      await expect(calls.recordRefusal(refused({ tenantId: null }))).rejects.toThrow('23514');
    });
  });

  describe('in a list', () => {
    let lister: TenantId;
    const at = (minute: number) => new Date(ADMITTED.getTime() + minute * 60_000);

    beforeAll(async () => {
      lister = (await openBusiness(dataSource, 0)).tenantId;
      // Pairs share an instant, so the id has to break the tie.
      for (let index = 0; index < 9; index++) {
        await calls.record(
          record({
            tenantId: lister,
            admittedAt: at(Math.floor(index / 2)),
            from: index === 3 ? '+12025550182' : '+12025550123',
            status: index === 4 ? 'in-progress' : 'completed',
            variantKey: index < 2 ? 'short' : null,
            callerGroup: index === 0 ? 'primary' : null,
            language: index === 1 ? 'es-MX' : 'en-US',
          }),
        );
      }
    });

    it('come newest first, page by page, each once', async () => {
      const seen: { callId: string; admittedAt: Date }[] = [];
      let cursor: string | undefined;
      do {
        const page = await calls.list(lister, {}, { limit: 2, cursor });
        seen.push(...page.items);
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(new Set(seen.map((call) => call.callId)).size).toBe(9);
      expect(seen.map((call) => call.admittedAt)).toEqual([4, 3, 3, 2, 2, 1, 1, 0, 0].map(at));
    });

    it('are narrowed by status, numbers and time', async () => {
      const count = async (filter: Parameters<CallRepository['list']>[1]) =>
        (await calls.list(lister, filter, { limit: 100 })).items.length;
      expect(await count({ status: 'in-progress' })).toBe(1);
      expect(await count({ from: '+12025550182' })).toBe(1);
      expect(await count({ to: '+12025550100' })).toBe(9);
      expect([
        await count({ variantKey: 'short' }),
        await count({ callerGroup: 'primary' }),
        await count({ language: 'es-MX' }),
      ]).toEqual([2, 1, 1]);
      expect(await count({ since: at(2), until: at(4) })).toBe(4);
    });

    it('tell the outcome of their disposition, and what they cost', async () => {
      expect((await calls.list(lister, {}, { limit: 1 })).items[0]).toMatchObject({
        outcome: 'booked',
        costMicros: 278,
      });
    });

    it('refuse a cursor they did not give', async () => {
      for (const cursor of ['', 'x', Buffer.from(`1.${"' OR 1=1 --"}`).toString('base64url')]) {
        await expect(calls.list(lister, {}, { limit: 2, cursor })).rejects.toThrow(CursorMalformed);
      }
    });

    it('are the tenant’s own only', async () => {
      expect((await calls.list(strangerId, {}, { limit: 100 })).items).toEqual([]);
    });
  });
});
