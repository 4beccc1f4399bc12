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

  it('prepare a database once, and give each test a copy', async () => {
    let prepared = 0;
    const preparation = {
      name: 'with_a_table',
      prepare: (url: string) => {
        prepared += 1;
        return withClient(url, (client) => client.query('CREATE TABLE mine AS SELECT 7 AS id'));
      },
    };
    const databases = await Promise.all([1, 2, 3].map(() => createTestDatabase(preparation)));
    for (const { url, drop } of databases) {
      const changed = await withClient(
        url,
        async (client) => (await client.query('UPDATE mine SET id = id + 1 RETURNING id')).rows as unknown[],
      );
      expect(changed).toEqual([{ id: 8 }]);
      await drop();
    }
    expect(prepared).toBe(1);
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
