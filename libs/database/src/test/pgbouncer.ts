import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '@tandem/stack';

const PATIENCE_MS = 10_000;
const ATTEMPTS = 5;

/** Path of PgBouncer on this machine; null when it is not installed. */
export function pgbouncerPath(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'pgbouncer')).find((file) => existsSync(file)) ?? null;
}

/** The real PgBouncer with its default settings, in front of one database. */
export async function startPgbouncer(program: string, databaseUrl: string, mode: 'session' | 'transaction') {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launchPgbouncer(program, databaseUrl, mode);
    } catch (error) {
      // A port that was free a moment ago may have been taken by another program.
      if (attempt === ATTEMPTS || !/already in use/i.test(String(error))) throw error;
    }
  }
}

async function launchPgbouncer(program: string, databaseUrl: string, mode: 'session' | 'transaction') {
  const { hostname, port: databasePort, pathname, username, password } = new URL(databaseUrl);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'tandem-pgbouncer-'));
  chmodSync(folder, 0o755);
  const name = pathname.slice(1);
  const isRoot = process.getuid?.() === 0;
  const settings = [
    '[databases]',
    `${name} = host=${hostname} port=${databasePort} dbname=${name} ` +
      `user=${decodeURIComponent(username)} password='${decodeURIComponent(password)}'`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
    ...(isRoot ? ['user = nobody'] : []),
  ];
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, `${settings.join('\n')}\n`);
  chmodSync(file, 0o644);
  const child = spawn(program, ['-q', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (said += piece));
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const until = Date.now() + PATIENCE_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new TypeError(`PgBouncer did not start: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url: `postgres://${username}@127.0.0.1:${port}/${name}`, stop };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const [isOpen] = await Promise.race([
    once(socket, 'connect').then(() => [true]),
    once(socket, 'close').then(() => [false]),
  ]).catch(() => [false]);
  socket.destroy();
  return isOpen ?? false;
}
