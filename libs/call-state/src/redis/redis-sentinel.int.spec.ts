import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RedisGroup } from '@tandem/stack';
import { connectRedis, redisResource } from './redis-client.ts';

const PATIENCE_MS = 30_000;

describe('a client of a group that Sentinels watch', () => {
  let group: RedisGroup;
  const clients: ReturnType<typeof connectRedis>[] = [];
  const connect = (url: string) => {
    const client = connectRedis(url, 'command');
    clients.push(client);
    return client;
  };

  beforeAll(async () => {
    group = await RedisGroup.start();
  }, 60_000);
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });
  afterAll(() => group.stop(), 60_000);

  const untilWritten = async (client: ReturnType<typeof connectRedis>, key: string): Promise<void> => {
    for (let waited = 0; ; waited += 100) {
      const answer = await client.set(key, 'x').catch((error: unknown) => error as Error);
      if (answer === 'OK') return;
      if (waited > PATIENCE_MS) throw answer;
      await sleep(100);
    }
  };

  it('asks the next Sentinel when one is away', async () => {
    await group.sentinels[0]?.kill();
    const client = connect(group.url);
    expect(await client.set('key', 'x')).toBe('OK');
    await group.sentinels[0]?.start();
  }, 90_000);

  it('waits for Sentinels that are all away, and says so', async () => {
    for (const sentinel of group.sentinels) await sentinel.kill();
    const resource = redisResource(group.url);
    clients.push(resource.value);
    const faults: string[] = [];
    const opened = resource.open(new AbortController().signal, (code) => faults.push(code));
    for (let waited = 0; faults.length === 0 && waited < PATIENCE_MS; waited += 50) await sleep(50);
    expect(faults).not.toEqual([]);
    for (const sentinel of group.sentinels) await sentinel.start();
    await opened;
    expect(await resource.value.set('key', 'x')).toBe('OK');
    await resource.close();
  }, 90_000);

  it('leaves a primary that hangs and keeps its connections', async () => {
    const [primary, replica] = group.servers;
    const client = connect(group.url);
    await client.set('before', 'x');
    expect(await group.primaryPort()).toBe(primary.port);
    await primary.kill('SIGSTOP');
    await untilWritten(client, 'after');
    expect(await group.primaryPort()).toBe(replica.port);
  }, 90_000);
});
