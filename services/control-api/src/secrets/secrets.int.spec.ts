import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Sealer } from '@tandem/call-state';
import { TENANT_SECRETS_PURPOSE, tenantSecretPlace } from '@tandem/contracts';
import { AgentDirectory } from '@tandem/database';
import { deriveKeys } from '@tandem/platform';
import { AGENT_CONTENT } from '../test/given.ts';
import { RunningControl } from '../test/running-control.ts';

const KEY = 'a secret for specs only and long enough for one';
const VALUE = 'sk-very-secret-value';

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

const stored = async (name: string) =>
  (await control.sql<{ sealed: string }>('SELECT sealed FROM tenant_secrets WHERE name = $1', name))[0]
    ?.sealed ?? '';
const sealerOf = (...secrets: string[]) => new Sealer(deriveKeys(secrets, TENANT_SECRETS_PURPOSE));

describe('a secret of a tenant', () => {
  it('is set, listed without its value, and deleted', async () => {
    const { apiKey, tenantId } = await control.operator();
    const ask = (method: string, path: string, body?: object) => control.ask(method, path, apiKey, body);
    expect((await ask('PUT', '/v1/secrets/ORDERS_TOKEN', { value: VALUE })).status).toBe(204);
    const listed = await ask('GET', '/v1/secrets');
    expect(listed.body).toEqual({ items: [{ name: 'ORDERS_TOKEN', updatedAt: expect.any(String) }] });
    const one = await ask('GET', '/v1/secrets/ORDERS_TOKEN');
    expect(one.body).toEqual({ name: 'ORDERS_TOKEN', updatedAt: expect.any(String) });
    expect(listed.text + one.text).not.toContain(VALUE);
    const sealed = await stored('ORDERS_TOKEN');
    expect(sealed).not.toContain(VALUE);
    expect(sealerOf(KEY).open(sealed, tenantSecretPlace(tenantId, 'ORDERS_TOKEN'))).toBe(VALUE);
    for (let time = 0; time < 2; time += 1)
      expect((await ask('DELETE', '/v1/secrets/ORDERS_TOKEN')).status).toBe(204);
    expect((await ask('GET', '/v1/secrets/ORDERS_TOKEN')).body).toMatchObject({ code: 'secret-not-found' });
  });

  it('is refused under a wrong name, with a value no header can hold, and beyond fifty', async () => {
    const { apiKey } = await control.operator();
    const put = (name: string, value: unknown) =>
      control.ask('PUT', `/v1/secrets/${name}`, apiKey, { value });
    for (const [name, value] of [
      ['token', VALUE],
      ['9TOKEN', VALUE],
      ['TOKEN', ''],
      ['TOKEN', 'two\nlines'],
      ['TOKEN', 'ü'],
      ['TOKEN', 'x'.repeat(2_049)],
    ])
      expect((await put(name!, value)).body).toMatchObject({ code: 'invalid-request' });
    for (let count = 0; count < 50; count += 1) expect((await put(`T_${count}`, 'x')).status).toBe(204);
    expect((await put('T_50', 'x')).body).toMatchObject({ code: 'too-many-secrets' });
    expect((await put('T_49', 'y')).status).toBe(204);
    await control.ask('DELETE', '/v1/secrets/T_49', apiKey);
    const atOnce = await Promise.all(Array.from({ length: 6 }, (_, at) => put(`U_${at}`, 'x')));
    expect(atOnce.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('goes with a call whose agent names it, sealed, and no other does', async () => {
    const { apiKey, agentId, e164 } = await control.operator();
    for (const name of ['USED', 'UNUSED'])
      await control.ask('PUT', `/v1/secrets/${name}`, apiKey, { value: VALUE });
    const published = await control.ask('POST', `/v1/agents/${agentId}/versions`, apiKey, {
      ...AGENT_CONTENT,
      tools: ['find_order'],
      httpTools: [
        {
          name: 'find_order',
          description: 'Finds an order.',
          url: 'https://api.example.com/orders',
          headers: { authorization: 'Bearer {secret:USED}' },
        },
      ],
    });
    expect(published.status).toBe(201);
    const found = await new AgentDirectory(control.dataSource).findByNumber(e164);
    expect(Object.keys(found?.agent?.toolSecrets ?? {})).toEqual(['USED']);
    expect(JSON.stringify(found)).not.toContain(VALUE);
  });
});
