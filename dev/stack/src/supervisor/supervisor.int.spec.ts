import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { checkoutRoot } from '../checkout/checkout.ts';
import { freePort } from '../process/free-port.ts';
import { exists } from '../process/process-identity.ts';
import type { ServerHandle } from '../process/server-handle.ts';
import { readRunFile, runFileIn } from './run-file.ts';
import type { ServiceExit, ServiceSpec } from './service-spec.ts';
import { Supervisor, type SupervisorOptions } from './supervisor.ts';

jest.setTimeout(60_000);

const file = join(checkoutRoot, 'dev/stack/dist/testing/fixture-service.js');

let folder: string;
let supervisor: Supervisor;
let exits: ServiceExit[];
let lines: string[];

function begin(options: SupervisorOptions = {}): Supervisor {
  supervisor = new Supervisor({
    folder,
    log: (line) => lines.push(line),
    onUnexpectedExit: (told) => exits.push(told),
    ...options,
  });
  return supervisor;
}

function fixture(instance: string, behaviour = '', more: Partial<ServiceSpec> = {}): ServiceSpec {
  return { service: 'fixture', instance, file, env: { FIXTURE: behaviour }, ...more };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-supervisor-'));
  exits = [];
  lines = [];
});
afterEach(async () => {
  await supervisor.stop();
  rmSync(folder, { recursive: true });
});

describe('a supervisor', () => {
  it('starts services until they are ready and reports their addresses', async () => {
    await begin().start([fixture('a', '', { ports: { media: 9 } }), fixture('b')]);
    const { http, media } = supervisor.portsOf('a');
    expect(media).toBe(9);
    expect((await fetch(`http://127.0.0.1:${http}/readyz`)).status).toBe(200);
    expect(readRunFile(folder)?.processes).toEqual([
      { service: 'fixture', instance: 'a', pid: supervisor.pidOf('a'), ports: { http, media } },
      { service: 'fixture', instance: 'b', pid: supervisor.pidOf('b'), ports: supervisor.portsOf('b') },
    ]);
  });

  it('reports what runs when a signal stops it, and treats a repeated signal as one', async () => {
    const others = process.listeners('SIGHUP');
    const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    try {
      await begin().start([fixture('a')]);
      supervisor.stopOnSignals(() => Promise.resolve('1 call is running, and has up to 3 s to end'));
      process.emit('SIGHUP', 'SIGHUP');
      process.emit('SIGHUP', 'SIGHUP');
      while (exit.mock.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(exit.mock.calls).toEqual([[129]]);
      expect(lines).toContain('stopping (SIGHUP): 1 call is running, and has up to 3 s to end');
      expect(supervisor.pidOf('a')).toBeNull();
    } finally {
      exit.mockRestore();
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        for (const listener of process.listeners(signal))
          if (!others.includes(listener)) process.off(signal, listener);
      }
    }
  });

  it('leaves nothing behind', async () => {
    await begin().start([fixture('a'), fixture('b')]);
    const pids = ['a', 'b'].map((instance) => supervisor.pidOf(instance) ?? 0);
    await supervisor.stop();
    expect(pids.map(exists)).toEqual([false, false]);
    expect(existsSync(runFileIn(folder))).toBe(false);
    expect(existsSync(`${runFileIn(folder)}.lock`)).toBe(false);
    expect(readFileSync(join(folder, 'logs/fixture-a.log'), 'utf8')).toBe('fixture  starts\ntold to end\n');
  });

  it('stops services first, then Redis, then PostgreSQL', async () => {
    const order: string[] = [];
    const server = (name: string) =>
      ({
        url: `${name}://`,
        stop: () =>
          Promise.resolve(
            void order.push(`${name}, services ${supervisor.pidOf('a') === null ? 'down' : 'up'}`),
          ),
      }) as ServerHandle;
    await begin({ postgres: server('postgres'), redis: server('redis') }).start([fixture('a')]);
    expect(readRunFile(folder)).toMatchObject({ databaseUrl: 'postgres://', redisUrl: 'redis://' });
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    expect(order).toEqual(['redis, services down', 'postgres, services down']);
  });

  it('kills a service that does not end within its grace', async () => {
    await begin().start([fixture('a', 'stubborn', { graceMs: 100 })]);
    const pid = supervisor.pidOf('a') ?? 0;
    await supervisor.stop();
    expect(exists(pid)).toBe(false);
  });

  it('reports an unexpected end with the last lines', async () => {
    const ended = new Promise<ServiceExit>((resolve) => begin({ onUnexpectedExit: resolve }));
    await supervisor.start([fixture('a')]);
    await fetch(`http://127.0.0.1:${supervisor.portsOf('a')['http']}/crash`).catch(() => undefined);
    expect(await ended).toEqual({
      service: 'fixture',
      instance: 'a',
      exit: { code: 3, signal: null },
      lastLines: 'fixture  starts',
      logFile: join(folder, 'logs/fixture-a.log'),
    });
    expect(lines[0]).toContain('a ended unexpectedly (code 3)');
    expect(readRunFile(folder)?.processes).toEqual([]);
  });

  it('restarts a service that ended by itself, on its port, and gives up after repeated ends', async () => {
    const port = await freePort();
    let crashes = 0;
    const crash = async () => {
      const said = lines.length;
      await fetch(`http://127.0.0.1:${port}/crash`).catch(() => undefined);
      crashes += 1;
      while (!lines.slice(said).some((line) => /runs again|not started again/.test(line)))
        await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await begin({ isReviving: true }).start([fixture('a', '', { env: { PORT: String(port) } })]);
    await crash();
    expect(supervisor.portsOf('a')).toEqual({ http: port });
    while (supervisor.pidOf('a') !== null && crashes < 10) await crash();
    expect(crashes).toBe(6);
    expect(lines.at(-1)).toContain('a has ended 6 times within a minute and is not started again');
  });

  it('kills and restarts one instance on its port without calling that unexpected', async () => {
    const port = await freePort();
    await begin().start([fixture('a', '', { env: { PORT: String(port) } }), fixture('b')]);
    const before = supervisor.pidOf('a');
    await supervisor.kill('a');
    expect(supervisor.pidOf('a')).toBeNull();
    await supervisor.restart('a');
    expect(supervisor.pidOf('a')).not.toBe(before);
    expect(supervisor.portsOf('a')).toEqual({ http: port });
    const other = await freePort();
    await supervisor.restart('b', { PORT: String(other) });
    expect(supervisor.portsOf('b')).toEqual({ http: other });
    expect(exits).toEqual([]);
  });

  it('pauses and continues an instance', async () => {
    await begin().start([fixture('a')]);
    const url = `http://127.0.0.1:${supervisor.portsOf('a')['http']}/`;
    await supervisor.kill('a', 'SIGSTOP');
    await expect(fetch(url, { signal: AbortSignal.timeout(200) })).rejects.toThrow();
    await supervisor.kill('a', 'SIGCONT');
    expect((await fetch(url)).status).toBe(200);
  });

  it('echoes lines with the name of the instance', async () => {
    const echoed: string[] = [];
    await begin({ echo: (instance, line) => echoed.push(`${instance}: ${line}`) }).start([fixture('a')]);
    await supervisor.stop();
    expect(echoed).toEqual(['a: fixture  starts', 'a: told to end']);
  });
});

describe('a service that does not start', () => {
  it('because it ends is reported with its output', async () => {
    await expect(begin().start([fixture('a', 'dies')])).rejects.toThrow(
      /a did not start: it ended while it started \(code 78\)\.[^]*the configuration is wrong/,
    );
  });

  it('because it is never ready is reported with the answer of /readyz, and ended', async () => {
    await expect(begin().start([fixture('a', 'never-ready', { readyLimitMs: 5_000 })])).rejects.toThrow(
      /did not turn ready within 5 s; it last said: 503 database: down/,
    );
    expect(supervisor.pidOf('a')).toBeNull();
  });

  it('because it announces no port is reported', async () => {
    await expect(begin().start([fixture('a', 'silent', { readyLimitMs: 300 })])).rejects.toThrow(
      /it announced no port within 0\.3 s/,
    );
  });

  it('does not take the others down', async () => {
    await expect(begin().start([fixture('a', 'dies'), fixture('b')])).rejects.toThrow('a did not start');
    expect(supervisor.pidOf('b')).not.toBeNull();
  });
});

describe('two supervisors', () => {
  it('in one checkout: the second is refused and the first named', () => {
    begin();
    expect(() => new Supervisor({ folder })).toThrow(
      `Another stack is running in this folder (process ${process.pid}).`,
    );
  });

  it('coexist when the second is not published', async () => {
    await begin().start([fixture('a')]);
    const beside = new Supervisor({ folder, isPublished: false });
    await beside.start([fixture('a')]);
    await beside.stop();
    expect(readRunFile(folder)?.processes).toHaveLength(1);
  });
});
