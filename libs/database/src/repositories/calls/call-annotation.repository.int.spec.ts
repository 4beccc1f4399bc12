import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { transact } from '../../connection/unit-of-work.ts';
import { openBusiness } from '../../test/business.ts';
import { callRecord } from '../../test/call-records.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { CallAnnotationRepository, MAX_ANNOTATIONS } from './call-annotation.repository.ts';
import { CallRepository } from './call.repository.ts';

const author = { kind: 'api-key', id: randomUUID() };
const accept = () => undefined;

let database: FreshDatabase;
let dataSource: DataSource;
let calls: CallRepository;
let annotations: CallAnnotationRepository;
let tenantId: TenantId;
let strangerId: TenantId;
beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await database.open();
  calls = new CallRepository(dataSource);
  annotations = new CallAnnotationRepository(dataSource);
  tenantId = (await openBusiness(dataSource, 0)).tenantId;
  strangerId = (await openBusiness(dataSource, 0)).tenantId;
});
afterAll(() => database.drop());

const correction = (outcome: string) => ({ outcome, detail: '', reason: 'It was so.', author });

describe('what people add to a call', () => {
  it('stays when the call is written again', async () => {
    const call = callRecord(tenantId);
    const { callId } = call;
    await calls.record(call);
    await annotations.correct(tenantId, callId, correction('complaint'), accept);
    await annotations.setTags(tenantId, callId, ['angry'], accept);
    await transact(dataSource, (transaction) =>
      annotations.addNote(transaction, tenantId, callId, { text: 'Called back.', author }),
    );
    await calls.record({ ...call, eventCount: 20 });
    expect(await annotations.disposition(tenantId, callId)).toMatchObject({
      original: { outcome: 'booked', detail: 'K48215' },
      corrections: [{ outcome: 'complaint', reason: 'It was so.', author, at: expect.any(Date) }],
    });
    expect(await annotations.tags(tenantId, callId)).toEqual(['angry']);
    expect(await annotations.notes(tenantId, callId)).toMatchObject([{ text: 'Called back.', author }]);
    expect((await calls.get(tenantId, callId))?.disposition).toEqual({ outcome: 'complaint', detail: '' });
  });

  it('counts once when it is sent twice, and the last correction counts', async () => {
    const { callId } = await written();
    for (const outcome of ['complaint', 'complaint', 'handled'])
      await annotations.correct(tenantId, callId, correction(outcome), accept);
    const stored = await annotations.disposition(tenantId, callId);
    expect(stored?.corrections.map(({ outcome }) => outcome)).toEqual(['complaint', 'handled']);
    expect((await calls.list(tenantId, { outcome: 'handled' }, { limit: 100 })).items).toMatchObject([
      { callId, outcome: 'handled' },
    ]);
  });

  it('is checked against what is there at that moment, also when several write at once', async () => {
    const { callId } = await written();
    const refused = new TypeError('changed');
    const outcomes = await Promise.allSettled(
      ['one', 'two', 'three'].map((outcome) =>
        annotations.correct(tenantId, callId, correction(outcome), ({ corrections }) => {
          if (corrections.length > 0) throw refused;
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await annotations.disposition(tenantId, callId))?.corrections).toHaveLength(1);
  });

  it('has a bound', async () => {
    const { callId } = await written();
    const add = () =>
      transact(dataSource, (transaction) =>
        annotations.addNote(transaction, tenantId, callId, { text: 'x', author }),
      );
    for (let n = 0; n < MAX_ANNOTATIONS; n += 1) await add();
    expect(await add()).toBe('full');
    expect(await annotations.notes(tenantId, callId)).toHaveLength(MAX_ANNOTATIONS);
  });

  it('of another tenant is neither read nor changed', async () => {
    const { callId } = await written();
    const nobody = randomUUID() as CallId;
    for (const [tenant, id] of [
      [strangerId, callId],
      [tenantId, nobody],
    ] as const) {
      expect(await annotations.disposition(tenant, id)).toBeNull();
      expect(await annotations.correct(tenant, id, correction('mine'), accept)).toBeNull();
      expect(await annotations.setTags(tenant, id, ['mine'], accept)).toBeNull();
    }
    await annotations.setTags(tenantId, callId, ['ours'], accept);
    expect(await annotations.tags(strangerId, callId)).toEqual([]);
    const note = await transact(dataSource, (transaction) =>
      annotations.addNote(transaction, tenantId, callId, { text: 'Ours.', author }),
    );
    await annotations.deleteNote(strangerId, callId, (note as { id: string }).id);
    expect(await annotations.notes(strangerId, callId)).toEqual([]);
    expect(await annotations.notes(tenantId, callId)).toHaveLength(1);
  });
});

async function written() {
  const call = callRecord(tenantId);
  await calls.record(call);
  return call;
}
