import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallEvent, CallId, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { query, run } from '../../connection/unit-of-work.ts';
import type { CallRecord } from '../../entities/call-record.ts';
import { openBusiness } from '../../test/business.ts';
import { ADMITTED, callRecord } from '../../test/call-records.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { CallRepository } from './call.repository.ts';
import { PAGE_EVENTS } from './event-pages.ts';
import { TimelineRepository } from './timeline.repository.ts';

const DAY_MS = 86_400_000;

let database: FreshDatabase;
let dataSource: DataSource;
let calls: CallRepository;
let timelines: TimelineRepository;
let tenantId: TenantId;
let strangerId: TenantId;
beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await database.open();
  calls = new CallRepository(dataSource);
  timelines = new TimelineRepository(dataSource);
  tenantId = (await openBusiness(dataSource, 0)).tenantId;
  strangerId = (await openBusiness(dataSource, 0)).tenantId;
});
afterAll(() => database.drop());

const said = (number: number): CallEvent => ({
  type: 'caller.spoke',
  data: { itemId: `i${number}`, text: `Words ${number}.`, startedAtMs: number, endedAtMs: number + 1 },
  seq: number,
  epoch: 1,
  at: ADMITTED.getTime() + number,
});
const talk = (events: number): CallEvent[] => Array.from({ length: events }, (_, index) => said(index + 1));

async function recorded(change: Partial<CallRecord> = {}): Promise<CallRecord> {
  const call = callRecord(tenantId, change);
  await calls.record(call);
  return call;
}

const count = async (table: string, callId: CallId): Promise<number> => {
  const rows = await run(dataSource, (manager) =>
    query<{ count: string }>(manager, `SELECT count(*) FROM ${table} WHERE call_id = $1`, [callId]),
  );
  return Number(rows[0]?.count);
};

describe('the timeline of a stored call', () => {
  it('is given back in parts of any size, each event once and in its order', async () => {
    const events = talk(2 * PAGE_EVENTS + 7);
    const { callId } = await recorded({ events });
    const read: CallEvent[] = [];
    for (let after = 0; ;) {
      const part = await timelines.read(tenantId, callId, after, 700);
      expect(part).toMatchObject({ admittedAt: ADMITTED, length: events.length });
      if (!part || part.events.length === 0) break;
      expect(part.events[0]?.sequence).toBe(after + 1);
      read.push(...part.events.map(({ event }) => event));
      after = part.events.at(-1)!.sequence;
    }
    expect(read).toEqual(events);
  });

  it('is replaced by that of a later fold, and stays when an earlier fold comes late', async () => {
    const early = callRecord(tenantId, { eventCount: 3, events: talk(3) });
    const late = { ...early, eventCount: PAGE_EVENTS + 1, events: talk(PAGE_EVENTS + 1) };
    await calls.record(early);
    await calls.record(late);
    expect(await calls.record(early)).toBe('stale');
    expect((await timelines.read(tenantId, early.callId, 0, 1))?.length).toBe(PAGE_EVENTS + 1);
    await calls.record({ ...early, eventCount: PAGE_EVENTS + 2 });
    expect((await timelines.read(tenantId, early.callId, 0, 5))?.events).toHaveLength(3);
  });

  it('of another tenant is not there; that of a call without events is empty', async () => {
    const { callId } = await recorded({ events: talk(2) });
    expect(await timelines.read(strangerId, callId, 0, 10)).toBeNull();
    expect(await timelines.read(tenantId, randomUUID() as CallId, 0, 10)).toBeNull();
    const old = await recorded();
    expect(await timelines.read(tenantId, old.callId, 0, 10)).toEqual({
      admittedAt: ADMITTED,
      events: [],
      length: 0,
    });
  });

  it('leaves out events that this version does not know, and keeps the places of the others', async () => {
    const unknown = { ...said(2), type: 'caller.sang' } as unknown as CallEvent;
    const { callId } = await recorded({ events: [said(1), unknown, said(3)] });
    const part = await timelines.read(tenantId, callId, 0, 10);
    expect(part?.events.map(({ sequence }) => sequence)).toEqual([1, 3]);
    expect(part?.length).toBe(3);
  });

  it('survives characters Postgres cannot store', async () => {
    const odd = said(1);
    const { callId } = await recorded({
      events: [{ ...odd, data: { ...odd.data, text: 'so\0me \ud83d' } } as CallEvent],
    });
    const part = await timelines.read(tenantId, callId, 0, 10);
    expect(part?.events[0]?.event.data).toMatchObject({ text: 'some \ufffd' });
  });

  it('goes with its call, and so do unheard words', async () => {
    const [first] = callRecord(tenantId).utterances;
    const { callId } = await recorded({
      events: talk(2),
      utterances: [{ ...first!, interrupted: true, unheard: 'and the rest.' }],
    });
    expect([await count('call_event_pages', callId), await count('unheard_words', callId)]).toEqual([1, 1]);
    await run(dataSource, (manager) => query(manager, 'DELETE FROM calls WHERE id = $1', [callId]));
    expect([await count('call_event_pages', callId), await count('unheard_words', callId)]).toEqual([0, 0]);
  });
});

describe('words that were not heard', () => {
  const interrupted = (endedAt: Date) => {
    const [first, second] = callRecord(tenantId).utterances;
    return recorded({
      endedAt,
      utterances: [second!, { ...first!, interrupted: true, unheard: 'at nine in the morning.' }],
    });
  };

  it('are kept by the place of their utterance, apart from the transcript', async () => {
    const { callId } = await interrupted(new Date());
    expect(await timelines.unheard(tenantId, callId)).toEqual(new Map([[2, 'at nine in the morning.']]));
    expect(await timelines.unheard(strangerId, callId)).toEqual(new Map());
    expect(JSON.stringify(await calls.get(tenantId, callId))).not.toContain('at nine');
  });

  it('are deleted 30 days after their call', async () => {
    const old = await interrupted(new Date(Date.now() - 31 * DAY_MS));
    const recent = await interrupted(new Date(Date.now() - 29 * DAY_MS));
    expect(await timelines.unheard(tenantId, old.callId)).toEqual(new Map());
    await timelines.deleteUnheard(new Date());
    expect(await count('unheard_words', old.callId)).toBe(0);
    expect(await count('unheard_words', recent.callId)).toBe(1);
    expect((await timelines.unheard(tenantId, recent.callId)).size).toBe(1);
  });
});
