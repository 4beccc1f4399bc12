import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import { nineOclock, RunningCrm, type Answer } from '../test/running-crm.ts';

const START = nineOclock(3);

describe('the same Idempotency-Key', () => {
  let crm: RunningCrm;
  let tenantId: TenantId;
  let apiKey: string;

  beforeAll(async () => {
    crm = await RunningCrm.start();
    ({ tenantId, apiKey } = await crm.business(1));
  });
  afterAll(() => crm.stop());

  const send = (key: string, body: object = { phone: '+12025550101' }): Promise<Answer> =>
    crm.ask('POST', '/v1/contacts', { as: apiKey, key, body });
  const contacts = async (phone: string) =>
    (
      await crm.sql<{ n: number }>(
        'SELECT count(*)::integer AS n FROM contacts WHERE tenant_id = $1 AND phone = $2',
        tenantId,
        phone,
      )
    )[0]?.n;
  const claimHeldBySomeone = async (key: string, body: object, ageMs: number) => {
    // The claim of a process that died in the middle of the first attempt: it has no answer.
    await send(key, body);
    await crm.sql('DELETE FROM contacts WHERE tenant_id = $1', tenantId);
    await crm.sql(
      `UPDATE idempotency_keys SET state = 'in-progress', response_status = NULL, response_body = NULL,
         claim = gen_random_uuid(), claimed_at = now() - $3 * interval '1 ms'
       WHERE tenant_id = $1 AND key = $2`,
      tenantId,
      key,
      ageMs,
    );
  };

  it('with the same body gets the first response again, marked as replayed', async () => {
    const key = randomUUID();
    const first = await send(key);
    const second = await crm.ask('POST', '/v1/contacts', {
      as: apiKey,
      key,
      body: '{ "phone" : "+1 202 555 0101" }',
    });
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(second.text).toBe(first.text);
  });

  it('gets a refusal again too, although the reason is gone', async () => {
    const key = randomUUID();
    await crm.ask('POST', '/v1/bookings', { as: apiKey, body: { service: 'plumbing', start: START } });
    const refused = await crm.ask('POST', '/v1/bookings', {
      as: apiKey,
      key,
      body: { service: 'plumbing', start: START },
    });
    await crm.sql(`UPDATE bookings SET status = 'cancelled' WHERE tenant_id = $1`, tenantId);
    const again = await crm.ask('POST', '/v1/bookings', {
      as: apiKey,
      key,
      body: { service: 'plumbing', start: START },
    });
    expect([
      again.status,
      again.headers.get('idempotency-replayed'),
      again.headers.get('content-type'),
    ]).toEqual([409, 'true', 'application/problem+json; charset=utf-8']);
    expect(again.body).toEqual(refused.body);
    expect(refused.body.code).toBe('slot-taken');
  });

  it('with another body, path or method is refused', async () => {
    const key = randomUUID();
    const { body } = await send(key, { phone: '+12025550102' });
    const others = [
      await send(key, { phone: '+12025550103' }),
      await send(key, { phone: '+12025550102', name: 'Alex' }),
      await crm.ask('PATCH', `/v1/contacts/${String(body.id)}`, {
        as: apiKey,
        key,
        body: { phone: '+12025550102' },
      }),
      await crm.ask('DELETE', `/v1/bookings/${randomUUID()}`, { as: apiKey, key }),
    ];
    expect(others.map((answer) => [answer.status, answer.body.code])).toEqual(
      others.map(() => [422, 'idempotency-key-reused']),
    );
  });

  it('belongs to one method and one address, however the address is spelt', async () => {
    const key = randomUUID();
    const made = await send(randomUUID(), { phone: '+12025550108' });
    const path = `/v1/contacts/${String(made.body.id)}`;
    const first = await crm.ask('PATCH', path, { as: apiKey, key, body: { name: 'Alex' } });
    const again = await crm.ask('PATCH', `${path}/`, { as: apiKey, key, body: { name: 'Alex' } });
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([
      200,
      200,
      'true',
    ]);
    const [stored] = await crm.sql<{ operation: string }>(
      'SELECT operation FROM idempotency_keys WHERE key = $1',
      key,
    );
    expect(stored?.operation).toBe(`PATCH ${path}`);
  });

  it('is not used up by a request that is malformed', async () => {
    const key = randomUUID();
    expect((await send(key, { phone: 'none' })).status).toBe(400);
    expect((await send(key, { phone: '+12025550109' })).status).toBe(201);
  });

  it('sent 1,000 times at once has one effect and one response', async () => {
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 1000 }, () => send(key, { phone: '+12025550104', name: 'Once' })),
    );
    expect(answers.filter((answer) => answer.status >= 500)).toEqual([]);
    const settled = await Promise.all(
      answers.map((answer) =>
        answer.body.code === 'idempotency-in-progress'
          ? send(key, { phone: '+12025550104', name: 'Once' })
          : Promise.resolve(answer),
      ),
    );
    expect(new Set(settled.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1);
    expect(settled[0]?.status).toBe(201);
    expect(await contacts('+12025550104')).toBe(1);
  }, 60_000);

  it('gets 409 with Retry-After while the first request is in progress', async () => {
    const key = randomUUID();
    await claimHeldBySomeone(key, { phone: '+12025550105' }, -60_000);
    const answer = await send(key, { phone: '+12025550105' });
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([
      409,
      'idempotency-in-progress',
      '1',
    ]);
    expect(await contacts('+12025550105')).toBe(0);
  });

  it('is taken over once after its process died in the middle', async () => {
    const key = randomUUID();
    await claimHeldBySomeone(key, { phone: '+12025550106' }, 60_000);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(key, { phone: '+12025550106' })));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(await contacts('+12025550106')).toBe(1);
  });

  it('is another key for another tenant', async () => {
    const key = randomUUID();
    const other = await crm.business();
    const [mine, theirs] = [
      await send(key, { phone: '+12025550107' }),
      await crm.ask('POST', '/v1/contacts', { as: other.apiKey, key, body: { phone: '+12025550107' } }),
    ];
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(mine.body.id).not.toBe(theirs.body.id);
  });
});
