import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isRoot } from '../checkout/checkout.ts';
import { freePort } from '../process/free-port.ts';
import type { ServerHandle } from '../process/server-handle.ts';
import type { UnexpectedExit } from '../process/server-recipe.ts';
import { resetStack } from '../reset-stack.ts';
import { withClient } from './connection.ts';
import { startPostgres, type PostgresOptions } from './start-postgres.ts';

jest.setTimeout(60_000);

const whenRoot = isRoot() ? it : it.skip;

let folder: string;
let running: ServerHandle[];

async function start(options: PostgresOptions = {}): Promise<ServerHandle> {
  const server = await startPostgres({ folder, isFast: true, ...options });
  running.push(server);
  return server;
}

function query(server: ServerHandle, text: string): Promise<unknown[]> {
  return withClient(server.url, async (client) => (await client.query(text)).rows as unknown[]);
}

beforeEach(() => {
  folder = mkdtempSync('/tmp/tandem-postgres-spec-');
  chmodSync(folder, 0o755);
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  rmSync(folder, { recursive: true });
});

describe('PostgreSQL of the stack', () => {
  it('is on loopback, asks for its password and has the database', async () => {
    const lines: string[] = [];
    const server = await start({ isEphemeral: true, log: (line) => lines.push(line) });
    expect(
      await query(
        server,
        `SELECT current_database() AS name, current_setting('listen_addresses') AS addresses, ` +
          `current_setting('timezone') AS zone`,
      ),
    ).toEqual([{ name: 'tandem', addresses: '127.0.0.1', zone: 'UTC' }]);
    const stranger = new URL(server.url);
    stranger.password = 'wrong';
    await expect(withClient(stranger.href, (client) => client.query('SELECT 1'))).rejects.toMatchObject({
      code: '28P01',
    });
    expect(lines).toEqual([`PostgreSQL: 127.0.0.1:${server.port}, 18 (bundled), throw-away data`]);
    expect(server.pid).toBeGreaterThan(1);
  });

  it('has the extension that bookings need', async () => {
    const server = await start({ isEphemeral: true });
    await query(server, 'CREATE EXTENSION btree_gist');
    expect(await query(server, `SELECT extname FROM pg_extension WHERE extname = 'btree_gist'`)).toHaveLength(
      1,
    );
  });

  it('keeps its data over a stop and a start', async () => {
    const first = await start({ port: await freePort() });
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await start({ port: await freePort() });
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('syncs to disk unless set to be fast', async () => {
    const server = await start({ port: await freePort(), isFast: false });
    expect(await query(server, `SELECT current_setting('fsync') AS fsync`)).toEqual([{ fsync: 'on' }]);
    const fast = await start({ isEphemeral: true });
    expect(await query(fast, `SELECT current_setting('fsync') AS fsync`)).toEqual([{ fsync: 'off' }]);
  });

  it('comes back on the same port after SIGKILL, with the committed data', async () => {
    const server = await start({ isEphemeral: true });
    await query(server, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const before = { url: server.url, pid: server.pid };
    for (let round = 0; round < 3; round += 1) {
      await server.kill('SIGKILL');
      expect(server.pid).toBeNull();
      await server.start();
      expect(await query(server, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    }
    expect(server.url).toBe(before.url);
    expect(server.pid).not.toBe(before.pid);
  });

  it('reports an unexpected end', async () => {
    let report: (told: UnexpectedExit) => void = () => undefined;
    const told = new Promise<UnexpectedExit>((resolve) => (report = resolve));
    const server = await start({ isEphemeral: true, onUnexpectedExit: (exit) => report(exit) });
    process.kill(server.pid ?? 0, 'SIGKILL');
    expect(await told).toMatchObject({
      name: 'PostgreSQL',
      exit: { code: null, signal: 'SIGKILL' },
      lastLines: expect.stringContaining('ready to accept connections'),
    });
  });

  it('starts although the number in postmaster.pid belongs to another program now', async () => {
    const first = await start({ port: await freePort() });
    await first.stop();
    const data = join(folder, readdirSync(folder).find((name) => /^postgres-\d+$/.test(name)) ?? '');
    writeFileSync(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n`);
    expect((await start({ port: await freePort() })).pid).not.toBeNull();
  });

  it('takes another port when the usual one is in use', async () => {
    const port = await freePort();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const server = await start({ port });
    await new Promise((resolve) => other.close(resolve));
    expect(server.port).not.toBe(port);
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses a second stack on the same data, and names the first', async () => {
    await start({ port: await freePort() });
    await expect(start({ port: await freePort() })).rejects.toThrow(`(process ${process.pid})`);
  });

  it('leaves nothing of an ephemeral server, and protects its data while it runs', async () => {
    const before = new Set(readdirSync(tmpdir()));
    const server = await start({ isEphemeral: true });
    const made = readdirSync(tmpdir()).filter(
      (name) => name.startsWith('tandem-postgres-') && !before.has(name),
    );
    expect(made.map((name) => statSync(join(tmpdir(), name)).mode & 0o077)).toContain(0);
    await server.stop();
    await server.stop();
    expect(made.some((name) => existsSync(join(tmpdir(), name, 'data', 'PG_VERSION')))).toBe(false);
    await expect(server.start()).rejects.toThrow('stopped for good');
  });

  whenRoot(
    'is found again below /var/lib when its user cannot enter the checkout, and reset removes it',
    async () => {
      chmodSync(folder, 0o700);
      const lines: string[] = [];
      const first = await start({ port: await freePort(), log: (line) => lines.push(line) });
      await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
      expect(() => resetStack({ folder })).toThrow('A stack is running on /var/lib/tandem-');
      await first.stop();
      const second = await start({ port: await freePort() });
      expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
      await second.stop();
      const data = /data in (\/var\/lib\/tandem-\w+)\/postgres-\d+$/.exec(lines[0] ?? '')?.[1];
      expect(resetStack({ folder })).toContain(data);
      expect(existsSync(data ?? '/')).toBe(false);
    },
  );

  it('that is external is used and left alone', async () => {
    const server = await startPostgres({ externalUrl: 'postgres://somebody@db.example:6000/theirs' });
    expect(server).toMatchObject({
      url: 'postgres://somebody@db.example:6000/theirs',
      port: 6000,
      pid: null,
      description: 'PostgreSQL: db.example as DATABASE_URL says',
    });
    await expect(server.kill()).rejects.toThrow('not ours');
    await server.stop();
  });
});
