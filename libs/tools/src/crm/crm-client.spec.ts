import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ToolCallId } from '@tandem/contracts';
import { z } from 'zod';
import { contextFor, problem, ScriptedCrm } from '../test/scripted-crm.ts';
import { CrmClient } from './crm-client.ts';
import type { CrmRequest } from './crm-http.ts';

const read: CrmRequest<{ n: number }> = {
  method: 'GET',
  path: '/v1/things',
  query: { phone: '+12025550123', none: undefined },
  answer: z.object({ n: z.number() }),
};
const write: CrmRequest<{ n: number }> = {
  method: 'POST',
  path: '/v1/things',
  body: { a: 1 },
  idempotencyKey: 'tc_1' as ToolCallId,
  answer: z.object({ n: z.number() }),
};

describe('the CRM client', () => {
  const crm = new ScriptedCrm();
  let url: string;
  beforeAll(async () => void (url = await crm.start()));
  afterAll(() => crm.stop());
  beforeEach(() => crm.forget());

  const ask = (request: CrmRequest<{ n: number }>, change: Parameters<typeof contextFor>[1] = {}) => {
    const context = contextFor(url, change);
    return context.crm.ask(context, request);
  };

  it('sends token, query and key, and gives the answer without what it was not asked for', async () => {
    crm
      .on('GET /v1/things', { status: 200, body: { n: 1, more: 2 } })
      .on('POST /v1/things', { status: 201, body: { n: 2 } });
    expect(await ask(read)).toEqual({ kind: 'ok', value: { n: 1 } });
    expect(await ask(write)).toEqual({ kind: 'ok', value: { n: 2 } });
    expect(crm.seen[0]?.query.toString()).toBe('phone=%2B12025550123');
    expect(crm.seen.map((request) => request.headers.authorization)).toEqual(
      Array(2).fill('Bearer token-of-0193b0f0-aaaa-4bbb-8ccc-dddddddddddd'),
    );
    expect([
      crm.seen[0]?.headers['idempotency-key'],
      crm.seen[1]?.headers['idempotency-key'],
      crm.seen[1]?.body,
    ]).toEqual([undefined, 'tc_1', { a: 1 }]);
  });

  it.each([404, 409, 422])('takes %i for the business saying no', async (status) => {
    crm.on('POST /v1/things', problem(status, 'not-so', { services: ['a'] }));
    expect(await ask(write)).toMatchObject({
      kind: 'problem',
      problem: { code: 'not-so', detail: 'Detail of not-so.', services: ['a'] },
    });
    expect(crm.seen).toHaveLength(1);
  });

  it.each([400, 401, 403, 413])(
    'takes %i for a fault of ours that trying again does not mend',
    async (status) => {
      crm.on('POST /v1/things', problem(status, 'our-fault'));
      expect(await ask(write)).toEqual({ kind: 'failed', code: 'crm-our-fault', retryable: false });
      expect(crm.seen).toHaveLength(1);
    },
  );

  it.each([500, 502, 503, 429])('tries again after %i, with the same key', async (status) => {
    crm.on('POST /v1/things', problem(status, 'away'), { status: 201, body: { n: 3 } });
    expect(await ask(write)).toEqual({ kind: 'ok', value: { n: 3 } });
    expect(crm.seen.map((request) => request.headers['idempotency-key'])).toEqual(['tc_1', 'tc_1']);
  });

  it('tries again while the first request with its key is in progress', async () => {
    crm.on('POST /v1/things', problem(409, 'idempotency-in-progress'), { status: 201, body: { n: 4 } });
    expect(await ask(write)).toEqual({ kind: 'ok', value: { n: 4 } });
  });

  it('gives up as retryable when trying again does not help, or there is no time for it', async () => {
    crm.on('GET /v1/things', problem(503, 'database-unavailable'));
    expect(await ask(read)).toEqual({ kind: 'failed', code: 'crm-database-unavailable', retryable: true });
    expect(crm.seen).toHaveLength(4);
    crm.forget();
    crm.on('GET /v1/things', {
      ...(problem(503, 'database-unavailable') as { status: number; body: unknown }),
      headers: { 'retry-after': '20' },
    });
    expect(await ask(read)).toEqual({ kind: 'failed', code: 'crm-database-unavailable', retryable: true });
    expect(crm.seen).toHaveLength(1);
  });

  it('fails as retryable when nobody answers in time, or nobody is there', async () => {
    crm.on('POST /v1/things', () => undefined);
    expect(await ask(write, { remainingMs: () => 40 })).toEqual({
      kind: 'failed',
      code: 'crm-timeout',
      retryable: true,
    });
    crm.on('POST /v1/things', (response) => void response.writeHead(200).write('{"n":'));
    expect(await ask(write, { remainingMs: () => 40 })).toEqual({
      kind: 'failed',
      code: 'crm-timeout',
      retryable: true,
    });
    const gone = new ScriptedCrm();
    const goneUrl = await gone.start();
    await gone.stop();
    const nobody = new CrmClient({ baseUrl: goneUrl, authorize: () => Promise.resolve('x') });
    expect(await nobody.ask(contextFor(url, { remainingMs: () => 200 }), write)).toEqual({
      kind: 'failed',
      code: 'crm-unreachable',
      retryable: true,
    });
  });

  it('tries again when the connection breaks in the middle', async () => {
    crm.on('POST /v1/things', (response) => void response.destroy(), { status: 201, body: { n: 5 } });
    expect(await ask(write)).toEqual({ kind: 'ok', value: { n: 5 } });
  });

  it('stops when nobody wants the answer: a read is cancelled, a write may have been done', async () => {
    const stopIn = (route: string) => {
      const stop = new AbortController();
      crm.on(route, () => stop.abort());
      return stop.signal;
    };
    expect(await ask(read, { signal: stopIn('GET /v1/things') })).toEqual({ kind: 'cancelled' });
    expect(await ask(write, { signal: stopIn('POST /v1/things') })).toEqual({
      kind: 'failed',
      code: 'crm-interrupted',
      retryable: true,
    });
    crm.forget();
    expect(await ask(write, { signal: AbortSignal.abort() })).toEqual({ kind: 'cancelled' });
    expect(crm.seen).toHaveLength(0);
  });

  it('does not swallow what it cannot use', async () => {
    const fails = async (...answers: Parameters<ScriptedCrm['on']>[1][]) => {
      crm.on('GET /v1/things', ...answers);
      return ask(read);
    };
    expect(await fails({ status: 200, body: { n: 'one' } })).toEqual({
      kind: 'failed',
      code: 'crm-bad-answer',
      retryable: false,
    });
    expect(await fails({ status: 200, body: '<html>' })).toEqual({
      kind: 'failed',
      code: 'crm-bad-answer',
      retryable: false,
    });
    expect(await fails({ status: 404, body: 'Not Found' })).toEqual({
      kind: 'failed',
      code: 'crm-http-404',
      retryable: false,
    });
    expect(await fails({ status: 200, body: `"${'x'.repeat(300_000)}"` })).toEqual({
      kind: 'failed',
      code: 'crm-answer-too-large',
      retryable: false,
    });
    expect(
      await fails((response) => void response.writeHead(302, { location: `${url}/elsewhere` }).end()),
    ).toMatchObject({ kind: 'failed', code: 'crm-unreachable' });
    expect(crm.seen.some((request) => request.path === '/elsewhere')).toBe(false);
  });
});
