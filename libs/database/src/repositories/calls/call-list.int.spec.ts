import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { termination, type CallId, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import type { CallRecord, RefusedCall } from '../../entities/call-record.ts';
import { CursorMalformed } from '../../rows/page.ts';
import { openBusiness } from '../../test/business.ts';
import { ADMITTED, callRecord } from '../../test/call-records.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
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
      // Pairs have the same time, so the id must break the tie.
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
