import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyChains } from '@tandem/database';
import { AGENT_CONTENT, DEPARTMENT } from '../test/given.ts';
import { RunningControl, type Operator } from '../test/running-control.ts';

interface Entry {
  readonly seq: number;
  readonly act: string;
  readonly actor: { kind: string; id: string | null; name: string | null };
  readonly object: { kind: string; id: string | null };
  readonly refusal: string | null;
  readonly digestBefore: string | null;
  readonly digestAfter: string | null;
  readonly address: string | null;
  readonly reason: string | null;
}

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

async function entries({ apiKey }: Operator, query = ''): Promise<Entry[]> {
  const { status, body } = await control.ask('GET', `/v1/audit?limit=100${query}`, apiKey);
  expect(status).toBe(200);
  return body['items'] as Entry[];
}

/** Refusals are recorded after their answer. */
async function untilFound(operator: Operator, query: string, count = 1): Promise<Entry[]> {
  for (;;) {
    const found = await entries(operator, query);
    if (found.length >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function findings({ tenantId }: Operator): Promise<unknown> {
  const { url } = control.dataSource.options as { url: string };
  for await (const chain of verifyChains(url, { tenantId })) return chain.findings;
  return null;
}

describe('the audit log', () => {
  it('has each change once, with its sender, its object and what it was before and after', async () => {
    const own = await control.operator();
    const before = await control.ask('GET', '/v1/tenant', own.apiKey);
    for (const name of ['Bright Smile', 'Brighter Smile'])
      expect((await control.ask('PATCH', '/v1/tenant', own.apiKey, { name })).status).toBe(200);
    await control.ask('PATCH', `/v1/numbers/${own.numberId}`, own.apiKey, { language: 'es' });
    await control.ask('PUT', '/v1/departments/sales', own.apiKey, DEPARTMENT);
    await control.ask('DELETE', '/v1/departments/sales', own.apiKey);
    const log = await entries(own);
    expect(before.status).toBe(200);
    expect(log.map(({ act, object }) => [act, object.id])).toEqual([
      ['department.deleted', 'sales'],
      ['department.set', 'sales'],
      ['number.changed', own.numberId],
      ['tenant.changed', null],
      ['tenant.changed', null],
      ['session.begun', null],
      ['webhook-endpoint.created', own.endpointId],
    ]);
    const [, set, number, second, first] = log;
    expect(set).toMatchObject({
      actor: { kind: 'key', id: own.apiKeyId, name: 'spec' },
      object: { kind: 'department' },
      refusal: null,
      address: '127.0.0.1',
      digestAfter: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect([first!.digestBefore, second!.digestBefore, number!.digestBefore].map(String)).toEqual(
      Array.from({ length: 3 }, () => expect.stringMatching(/^[0-9a-f]{64}$/)),
    );
    expect(first!.digestBefore).not.toBe(second!.digestBefore);
    expect(await findings(own)).toEqual([]);
  });

  it('has a keyed request once, however often it is sent, and none refused for what it asks', async () => {
    const own = await control.operator();
    const key = randomUUID();
    for (let time = 0; time < 3; time += 1)
      expect((await control.ask('POST', '/v1/agents', own.apiKey, { name: 'Tom' }, key)).status).toBe(201);
    expect((await control.ask('POST', '/v1/agents', own.apiKey, { name: '' })).status).toBe(400);
    const changed = await control.ask(
      'PATCH',
      '/v1/tenant',
      own.apiKey,
      { language: 'es' },
      undefined,
      '"not what is there"',
    );
    expect(changed.status).toBe(412);
    const published = await control.ask(
      'POST',
      `/v1/agents/${own.agentId}/versions`,
      own.apiKey,
      AGENT_CONTENT,
    );
    expect(published.status).toBe(201);
    expect((await entries(own)).map(({ act }) => act)).toEqual([
      'agent.published',
      'agent.created',
      'session.begun',
      'webhook-endpoint.created',
    ]);
    const [created] = await entries(own, '&act=agent.created');
    expect(created!.object).toEqual({ kind: 'agent', id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it('has acts that change nothing in the database, and looks at secrets', async () => {
    const own = await control.operator();
    await control.ask('POST', '/v1/dead-letters/messages/retry', own.apiKey);
    await control.ask('GET', `/v1/webhook-endpoints/${own.endpointId}/secret`, own.apiKey);
    await control.ask('DELETE', '/v1/secrets/NEVER_SET', own.apiKey);
    expect((await entries(own)).map(({ act, object }) => [act, object.id]).slice(0, 3)).toEqual([
      ['secret.deleted', 'NEVER_SET'],
      ['webhook-endpoint.secret-viewed', own.endpointId],
      ['dead-letter.all-retried', 'messages'],
    ]);
  });

  it('has what was refused for want of a scope, and what is not there for the tenant', async () => {
    const [own, other] = [await control.operator(), await control.operator()];
    const readOnly = await control.apiKey(own.tenantId, ['admin:read']);
    await control.ask('PUT', '/v1/secrets/TOKEN', readOnly, { value: 'x' });
    await control.ask('PATCH', `/v1/agents/${other.agentId}`, own.apiKey, { name: 'Mine now' });
    const log = await untilFound(own, '', 3);
    expect(
      log
        .slice(0, 2)
        .map(({ act, object, refusal }) => [act, object.id, refusal])
        .sort(),
    ).toEqual([
      ['agent.changed', other.agentId, 'agent-not-found'],
      ['secret.set', 'TOKEN', 'scope-missing'],
    ]);
    expect((await entries(other)).map(({ act }) => act)).toEqual([
      'session.begun',
      'webhook-endpoint.created',
    ]);
  });

  it('has sixty refusals of a minute, and counts the others', async () => {
    const own = await control.operator();
    const readOnly = await control.apiKey(own.tenantId, ['admin:read']);
    await Promise.all(
      Array.from({ length: 90 }, () => control.ask('PUT', '/v1/secrets/TOKEN', readOnly, { value: 'x' })),
    );
    const unrecorded = async () => {
      const { text } = await control.ask('GET', '/metrics');
      return Number(/^tandem_audit_unrecorded_total\{[^}]*reason="rate"[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    while ((await unrecorded()) < 25) await new Promise((resolve) => setTimeout(resolve, 20));
    const refused = await untilFound(own, '&act=secret.set', 60);
    expect(refused.length).toBeGreaterThanOrEqual(60);
    expect(refused.length).toBeLessThanOrEqual(65);
  });

  it('has neither secrets nor personal data in it', async () => {
    const own = await control.operator();
    const phone = '+12025550177';
    await control.ask('PUT', `/v1/blocked-callers/${encodeURIComponent(phone)}`, own.apiKey, {
      note: 'Ada Canary',
    });
    await control.ask('PUT', '/v1/secrets/TOKEN', own.apiKey, { value: 'canary-secret' });
    const made = await control.ask('POST', '/v1/api-keys', own.apiKey, {
      name: 'New',
      scopes: ['calls:read'],
    });
    const stored = JSON.stringify(
      await control.sql('SELECT * FROM audit_entries WHERE tenant_id = $1', own.tenantId),
    );
    for (const canary of [phone, phone.slice(1), 'Ada', 'canary-secret', String(made.body['key']).slice(3)])
      expect(stored).not.toContain(canary);
    const [blocked] = await entries(own, `&object=${encodeURIComponent(phone)}`);
    expect(blocked).toMatchObject({
      act: 'caller.blocked',
      object: { id: expect.stringMatching(/^digest-/) },
    });
    const [set] = await entries(own, '&act=secret.set');
    expect(set).toMatchObject({ object: { id: 'TOKEN' }, digestAfter: null });
  });

  it('has an API key that comes from an address it never came from', async () => {
    const own = await control.operator();
    await control.ask('GET', '/v1/tenant', own.apiKey);
    const addresses = () =>
      control.sql<{ address: string }>(
        'SELECT address FROM api_key_addresses WHERE api_key_id = $1',
        own.apiKeyId,
      );
    while ((await addresses()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await addresses()).toEqual([{ address: '127.0.0.1' }]);
    const later = await control.apiKey(own.tenantId, ['admin:read']);
    await control.sql(
      `INSERT INTO api_key_addresses (tenant_id, api_key_id, address)
       SELECT tenant_id, id, '198.51.100.4' FROM api_keys
       WHERE tenant_id = $1 AND id <> $2 ORDER BY created_at DESC LIMIT 1`,
      own.tenantId,
      own.apiKeyId,
    );
    await control.ask('GET', '/v1/tenant', later);
    const [used] = await untilFound(own, '&act=api-key.used-from-new-address');
    expect(used).toMatchObject({ address: '127.0.0.1', object: { kind: 'api-key', id: used!.actor.id } });
  });

  it('has the reason its sender gives', async () => {
    const own = await control.operator();
    const put = (reason: string) =>
      fetch(`${control.url}/v1/secrets/TOKEN`, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${own.apiKey}`,
          'content-type': 'application/json',
          'audit-reason': reason,
        },
        body: JSON.stringify({ value: 'x' }),
      });
    expect((await put(encodeURIComponent('Schlüssel erneuert'))).status).toBe(204);
    for (const wrong of ['%', 'x'.repeat(201)]) expect((await put(wrong)).status).toBe(400);
    expect((await entries(own, '&act=secret.set')).map(({ reason }) => reason)).toEqual([
      'Schlüssel erneuert',
    ]);
  });

  it('is a table for a spreadsheet, and such an export is in it', async () => {
    const own = await control.operator();
    const answer = await control.ask('GET', '/v1/audit?format=csv', own.apiKey);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
    ]);
    const [header, exported, begun, created, end] = answer.text.split('\r\n');
    expect([header?.startsWith('"seq","at","actor_kind"'), end]).toEqual([true, '']);
    expect(exported).toMatch(/^3,"20.*"audit-log\.exported"/);
    expect(begun).toMatch(/^2,"20.*"session\.begun"/);
    expect(created).toMatch(/^1,"20.*"webhook-endpoint\.created"/);
    expect((await control.ask('GET', '/v1/audit?format=xml', own.apiKey)).status).toBe(400);
    expect((await entries(own)).length).toBe(3);
  });

  it('is read page by page', async () => {
    const own = await control.operator();
    for (let at = 0; at < 5; at += 1) await control.ask('DELETE', `/v1/secrets/T_${at}`, own.apiKey);
    const seqs: number[] = [];
    for (let cursor = ''; ;) {
      const { body } = await control.ask('GET', `/v1/audit?limit=2${cursor}`, own.apiKey);
      seqs.push(...(body['items'] as Entry[]).map(({ seq }) => seq));
      if (body['nextCursor'] === null) break;
      cursor = `&cursor=${body['nextCursor'] as string}`;
    }
    expect(seqs).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect((await control.ask('GET', '/v1/audit?cursor=x', own.apiKey)).body['code']).toBe(
      'cursor-malformed',
    );
  });
});
