import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallRecord } from '@tandem/database';
import { someCallRecord } from '../test/call-record.ts';
import { RunningControl, type Operator } from '../test/running-control.ts';

let control: RunningControl;
let own: Operator;
beforeAll(async () => {
  control = await RunningControl.start();
  own = await control.operator();
});
afterAll(() => control.stop());

async function stored(change: Partial<CallRecord> = {}): Promise<string> {
  const call = someCallRecord(own.tenantId, { disposition: { outcome: 'handled', detail: '' }, ...change });
  await control.calls.record(call);
  return `/v1/calls/${call.callId}`;
}
const put = (path: string, body: unknown, ifMatch?: string | null) =>
  control.ask('PUT', path, own.apiKey, body, null, ifMatch);
const get = (path: string) => control.ask('GET', path, own.apiKey);

describe('the outcome of a call', () => {
  const correction = { outcome: 'booked', detail: 'K48215', reason: 'Booked by hand.' };

  it('is corrected with a reason; the original stays, and the call shows the correction', async () => {
    const path = await stored();
    const answer = await put(`${path}/disposition`, correction);
    const expected = {
      current: { outcome: 'booked', detail: 'K48215' },
      original: { outcome: 'handled', detail: '' },
      corrections: [
        { ...correction, author: { kind: 'api-key', id: own.apiKeyId }, at: expect.stringMatching(/^20/) },
      ],
    };
    expect([answer.status, answer.body]).toEqual([200, expected]);
    expect((await put(`${path}/disposition`, correction)).body).toEqual(expected);
    expect((await get(`${path}/disposition`)).body).toEqual(expected);
    expect((await get(path)).body).toMatchObject({
      outcome: 'booked',
      disposition: { outcome: 'booked', detail: 'K48215' },
    });
    const { items } = (await get('/v1/calls?outcome=booked')).body as { items: { callId: string }[] };
    expect(items.map(({ callId }) => `/v1/calls/${callId}`)).toContain(path);
  });

  it('that somebody else has corrected meanwhile is not corrected', async () => {
    const path = await stored();
    const tag = (await get(`${path}/disposition`)).headers.get('etag');
    expect((await put(`${path}/disposition`, correction, tag)).status).toBe(200);
    const late = await put(`${path}/disposition`, { ...correction, outcome: 'abandoned' }, tag);
    expect([late.status, late.body['code']]).toEqual([412, 'changed-meanwhile']);
    expect((await get(`${path}/disposition`)).body['current']).toMatchObject({ outcome: 'booked' });
  });

  it.each([
    { outcome: 'Booked!', reason: 'x' },
    { outcome: 'booked' },
    { outcome: 'booked', reason: ' ' },
    { outcome: 'booked', reason: 'x', by: 'me' },
  ])('is not corrected by %j', async (body) => {
    const answer = await put(`${await stored()}/disposition`, body);
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid-request']);
  });

  it('needs a scope of its own', async () => {
    const key = await control.apiKey(own.tenantId, ['calls:read', 'calls:control']);
    const answer = await control.ask('PUT', `${await stored()}/disposition`, key, correction);
    expect([answer.status, answer.body['code']]).toEqual([403, 'scope-missing']);
  });
});

describe('notes of a call', () => {
  it('are added once, listed and deleted; card numbers in them are masked', async () => {
    const path = await stored();
    const key = randomUUID();
    const add = () =>
      control.ask('POST', `${path}/notes`, own.apiKey, { text: 'Card 4111 1111 1111 1111.' }, key);
    const [first, again] = [await add(), await add()];
    expect(first).toMatchObject({
      status: 201,
      body: { text: 'Card [card number].', author: { kind: 'api-key', id: own.apiKeyId } },
    });
    expect(again.body).toEqual(first.body);
    expect((await get(`${path}/notes`)).body).toEqual({ items: [first.body] });
    for (const _again of [1, 2])
      expect(
        (await control.ask('DELETE', `${path}/notes/${String(first.body['id'])}`, own.apiKey)).status,
      ).toBe(204);
    expect((await get(`${path}/notes`)).body).toEqual({ items: [] });
  });
});

describe('tags of a call', () => {
  it('are replaced together, and find the call', async () => {
    const path = await stored();
    expect((await get(`${path}/tags`)).body).toEqual({ tags: [] });
    expect((await put(`${path}/tags`, { tags: ['heating', 'complaint'] })).body).toEqual({
      tags: ['complaint', 'heating'],
    });
    const { items } = (await get('/v1/calls?tag=heating')).body as { items: { callId: string }[] };
    expect(items.map(({ callId }) => `/v1/calls/${callId}`)).toEqual([path]);
    const tag = (await get(`${path}/tags`)).headers.get('etag');
    expect((await put(`${path}/tags`, { tags: [] }, tag)).body).toEqual({ tags: [] });
    expect((await put(`${path}/tags`, { tags: ['late'] }, tag)).status).toBe(412);
  });

  it.each([[['A B']], [['x', 'x']], [Array.from({ length: 21 }, (_, n) => `t${n}`)]])(
    'are refused as %j',
    async (tags) => {
      expect((await put(`${await stored()}/tags`, { tags })).status).toBe(400);
    },
  );
});
