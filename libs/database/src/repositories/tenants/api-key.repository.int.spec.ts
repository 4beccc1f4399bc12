import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { openBusiness } from '../../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { acrossTenants, query, transact } from '../../connection/unit-of-work.ts';
import { ApiKeyMalformed, ApiKeyRepository, generateApiKey, MAX_API_KEYS } from './api-key.repository.ts';

describe('API keys', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let keys: ApiKeyRepository;
  let tenantId: TenantId;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    keys = new ApiKeyRepository(dataSource);
    tenantId = (await openBusiness(dataSource, 0)).tenantId;
  });
  afterAll(() => database.drop());

  it('are found by what they are, and stored as their hash', async () => {
    const key = generateApiKey();
    await keys.store(tenantId, key, { name: 'console', scopes: ['crm:read'] });
    await keys.store(tenantId, key, { name: 'again', scopes: ['crm:read', 'crm:write'] });
    expect(await keys.findActive(key)).toMatchObject({
      tenantId,
      name: 'console',
      scopes: ['crm:read', 'crm:write'],
    });
    await keys.store((await openBusiness(dataSource, 0)).tenantId, key, {
      name: 'stranger',
      scopes: ['admin:write'],
    });
    expect(await keys.findActive(key)).toMatchObject({ tenantId, scopes: ['crm:read', 'crm:write'] });
    expect(await keys.findActive(generateApiKey())).toBeNull();
    const stored = await acrossTenants(dataSource, 'installation', (manager) =>
      query<{ key_hash: Buffer }>(manager, 'SELECT * FROM api_keys'),
    );
    expect(stored[0]?.key_hash.equals(createHash('sha256').update(key).digest())).toBe(true);
    expect(JSON.stringify(stored)).not.toContain(key.slice(3));
  });

  it('are worth nothing once revoked, which only their tenant can do', async () => {
    const key = generateApiKey();
    await keys.store(tenantId, key, { name: 'short-lived', scopes: ['crm:write'] });
    const { id } = (await keys.findActive(key))!;
    expect(await keys.revoke((await openBusiness(dataSource, 0)).tenantId, id)).toBe(false);
    expect(await keys.findActive(key)).not.toBeNull();
    expect(await keys.revoke(tenantId, id)).toBe(true);
    expect(await keys.revoke(tenantId, id)).toBe(false);
    expect(await keys.findActive(key)).toBeNull();
    expect(
      (await keys.list(tenantId, { limit: 100 })).items.find((listed) => listed.id === id)?.revokedAt,
    ).toBeInstanceOf(Date);
  });

  it('end when they expire, and show a beginning and the hour of their last use', async () => {
    const grant = {
      name: 'for a day',
      scopes: ['crm:read'] as const,
      expiresAt: new Date(Date.now() + 86_400_000),
    };
    const key = generateApiKey();
    const made = await transact(dataSource, tenantId, (transaction) =>
      keys.create(transaction, tenantId, key, grant),
    );
    expect(made).toMatchObject({ name: 'for a day', prefix: key.slice(0, 9), lastUsedAt: null });
    const { id } = (await keys.findActive(key))!;
    const usedAt = (await keys.find(tenantId, id))?.lastUsedAt;
    expect(usedAt).toBeInstanceOf(Date);
    await keys.findActive(key);
    expect((await keys.find(tenantId, id))?.lastUsedAt).toEqual(usedAt);
    await acrossTenants(dataSource, 'installation', (manager) =>
      query(manager, 'UPDATE api_keys SET expires_at = now() WHERE id = $1', [id]),
    );
    expect(await keys.findActive(key)).toBeNull();
  });

  it('are limited in number, of those that can be used', async () => {
    const own = (await openBusiness(dataSource, 0)).tenantId;
    const make = () =>
      acrossTenants(dataSource, 'installation', (transaction) =>
        keys.create(transaction, own, generateApiKey(), { name: 'x', scopes: ['crm:read'], expiresAt: null }),
      );
    for (let index = 0; index < MAX_API_KEYS; index += 1) await make();
    expect(await make()).toBe('too-many-keys');
    const [listed] = (await keys.list(own, { limit: 1 })).items;
    await keys.revoke(own, listed!.id);
    expect(await make()).toMatchObject({ name: 'x' });
  });

  it('are long and random, or not keys', async () => {
    for (const text of [
      '',
      'tk_',
      'tk_short',
      `tk_${'a'.repeat(42)}`,
      `tk_${'a'.repeat(87)}`,
      `sk_${'a'.repeat(43)}`,
      `tk_${'a'.repeat(42)} `,
    ]) {
      await expect(keys.store(tenantId, text, { name: 'x', scopes: [] })).rejects.toThrow(ApiKeyMalformed);
      expect(await keys.findActive(text)).toBeNull();
    }
  });
});
