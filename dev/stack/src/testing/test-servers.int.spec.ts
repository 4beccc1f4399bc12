import { describe, expect, it } from '@jest/globals';
import { withClient } from '../postgres/connection.ts';
import { withRedis } from '../redis/connection.ts';
import { createTestDatabase, testRedisUrl } from './test-servers.ts';

describe('servers of a test run', () => {
  it('give each test a database of its own', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await withClient(one.url, (client) => client.query('CREATE TABLE mine (id int)'));
    const found = await withClient(
      other.url,
      async (client) => (await client.query(`SELECT to_regclass('mine') AS mine`)).rows as unknown[],
    );
    expect(found).toEqual([{ mine: null }]);
    await Promise.all([one.drop(), other.drop()]);
    await expect(withClient(one.url, (client) => client.query('SELECT 1'))).rejects.toMatchObject({
      code: '3D000',
    });
  });

  it('drop a database with open connections', async () => {
    const database = await createTestDatabase();
    const outcome = await withClient(database.url, async (client) => {
      await database.drop();
      return client.query('SELECT 1');
    }).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(Error);
  });

  it('give each test an empty Redis database of its own', async () => {
    const [one, other] = await Promise.all([testRedisUrl(), testRedisUrl()]);
    expect(one).not.toBe(other);
    await withRedis(one, (client) => client.set('mine', '1'));
    expect(await withRedis(other, (client) => client.dbsize())).toBe(0);
  });
});
