import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { tandemFolder } from '../checkout/checkout.ts';
import { freePort } from '../process/free-port.ts';
import type { ServerHandle } from '../process/server-handle.ts';
import type { UnexpectedExit } from '../process/server-recipe.ts';
import { withRedis } from './connection.ts';
import { redisSources } from './redis-program.ts';
import { startRedis, type RedisOptions } from './start-redis.ts';

jest.setTimeout(60_000);

/** A write is on disk after the sync of its second. */
const SYNCED_MS = 1_500;

let folder: string;
let running: ServerHandle[];

async function start(options: RedisOptions = {}): Promise<ServerHandle> {
  const server = await startRedis({ folder, sources: redisSources(join(tandemFolder, 'cache')), ...options });
  running.push(server);
  return server;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-redis-spec-'));
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  rmSync(folder, { recursive: true });
});

describe('Redis of the stack', () => {
  it('is on loopback, asks for its password and never evicts', async () => {
    const lines: string[] = [];
    const server = await start({ isEphemeral: true, log: (line) => lines.push(line) });
    const settings = await withRedis(server.url, (client) =>
      client.config('GET', 'bind', 'maxmemory-policy', 'appendonly'),
    );
    expect(settings).toEqual(
      expect.arrayContaining(['bind', '127.0.0.1', 'maxmemory-policy', 'noeviction', 'appendonly', 'no']),
    );
    await expect(
      withRedis({ port: server.port, password: 'wrong' }, (client) => client.ping()),
    ).rejects.toThrow(/WRONGPASS/);
    expect(lines).toEqual([server.description]);
  });

  it('keeps its data over a stop and a start', async () => {
    const first = await start({ port: await freePort() });
    await withRedis(first.url, (client) => client.set('kept', '42'));
    await first.stop();
    const second = await start({ port: await freePort() });
    expect(await withRedis(second.url, (client) => client.get('kept'))).toBe('42');
  });

  it('comes back on the same port after SIGKILL, with the synced data', async () => {
    const server = await start({ port: await freePort() });
    const { url, pid } = server;
    await withRedis(url, (client) => client.set('kept', '42'));
    await sleep(SYNCED_MS);
    await server.kill('SIGKILL');
    expect(server.pid).toBeNull();
    await server.start();
    expect(server.pid).not.toBe(pid);
    expect(server.url).toBe(url);
    expect(await withRedis(url, (client) => client.get('kept'))).toBe('42');
  });

  it('reports an unexpected end', async () => {
    let report: (told: UnexpectedExit) => void = () => undefined;
    const told = new Promise<UnexpectedExit>((resolve) => (report = resolve));
    const server = await start({ isEphemeral: true, onUnexpectedExit: (exit) => report(exit) });
    process.kill(server.pid ?? 0, 'SIGKILL');
    expect(await told).toMatchObject({ name: 'Redis', exit: { code: null, signal: 'SIGKILL' } });
  });

  it('does not come back while another program has its port, and says so', async () => {
    const server = await start({ isEphemeral: true });
    await server.kill();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(server.port, '127.0.0.1', resolve));
    await expect(server.start()).rejects.toThrow(
      `Port ${server.port} of Redis is in use by another program.`,
    );
    await new Promise((resolve) => other.close(resolve));
    await server.start();
    expect(server.pid).not.toBeNull();
  });

  it('takes another port when the usual one is in use', async () => {
    const first = await start({ isEphemeral: true });
    const second = await start({ port: first.port });
    expect(second.port).not.toBe(first.port);
  });

  it('refuses a second stack on the same data, and names the first', async () => {
    await start({ port: await freePort() });
    await expect(start({ port: await freePort() })).rejects.toThrow(`(process ${process.pid})`);
  });

  it('leaves nothing of an ephemeral server', async () => {
    const server = await start({ isEphemeral: true });
    const folders = await withRedis(server.url, (client) => client.config('GET', 'dir'));
    const data = (folders as string[])[1] ?? '';
    expect(existsSync(data)).toBe(true);
    await server.stop();
    expect(existsSync(data)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that is external is used and left alone', async () => {
    const server = await startRedis({ externalUrl: 'redis://:secret@cache.example' });
    expect(server).toMatchObject({
      url: 'redis://:secret@cache.example',
      port: 6379,
      pid: null,
      description: 'Redis: cache.example as REDIS_URL says',
    });
    await expect(server.kill()).rejects.toThrow('not ours');
  });
});
