import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runMigrations } from '@tandem/database';
import { checkoutRoot, createTestDatabase, freePort, testRedisUrl, type TestDatabase } from '@tandem/stack';

jest.setTimeout(120_000);

const PATIENCE_MS = 30_000;
/** From SIGTERM to SIGKILL. */
const STOP_MS = 15_000;
const PORTS = {
  'call-ingress': 'CALL_INGRESS_PORT',
  'media-relay': 'MEDIA_RELAY_PORT',
  'crm-api': 'CRM_API_PORT',
  'control-api': 'CONTROL_API_PORT',
  'tool-worker': 'TOOL_WORKER_PORT',
  'post-call-worker': 'POST_CALL_WORKER_PORT',
} as const;
const NEEDS: Readonly<Record<keyof typeof PORTS, readonly ('database' | 'redis')[]>> = {
  'call-ingress': ['redis', 'database'],
  'media-relay': ['redis'],
  'crm-api': ['database'],
  'control-api': ['database', 'redis'],
  'tool-worker': ['redis'],
  'post-call-worker': ['redis', 'database'],
};

/**
 * The address of a server that starts later. Until then a connection of its own holds the port: nothing can
 * listen there, so connections to it are refused.
 */
class LateServer {
  private door: Server | null = null;

  private constructor(
    readonly url: string,
    private readonly port: number,
    private readonly target: number,
    private readonly hold: Socket,
  ) {}

  static async at(server: string): Promise<LateServer> {
    const url = new URL(server);
    const target = Number(url.port);
    const port = await freePort();
    url.port = String(port);
    const hold = connect({ port: target, host: '127.0.0.1', localAddress: '127.0.0.1', localPort: port });
    hold.on('error', () => undefined);
    await once(hold, 'connect');
    return new LateServer(url.href, port, target, hold);
  }

  async comes(): Promise<void> {
    this.hold.resetAndDestroy();
    await once(this.hold, 'close');
    this.door = createServer((near) => {
      const far = connect(this.target, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.on('error', () => [near, far].forEach((end) => end.destroy()));
    }).listen(this.port, '127.0.0.1');
    await once(this.door, 'listening');
  }

  stop(): void {
    this.hold.destroy();
    this.door?.close();
  }
}

/** A service by itself, as an orchestrator runs it: no channel to a parent keeps it alive. */
class LoneService {
  private output = '';
  exitCode: number | null = null;

  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (piece: string) => (this.output += piece));
    child.once('exit', (code) => (this.exitCode = code ?? -1));
  }

  static async start(
    service: keyof typeof PORTS,
    env: Readonly<Record<string, string>>,
  ): Promise<LoneService> {
    const port = await freePort();
    const settings = {
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      TANDEM_SECRET: 'a secret for specs only and long enough for one',
      TWILIO_AUTH_TOKEN: 'x',
      RELAY_ID: 'relay-1',
      [PORTS[service]]: String(port),
    };
    const child = spawn(process.execPath, [join(checkoutRoot, 'services', service, 'dist/main.js')], {
      env: { ...process.env, ...settings, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new LoneService(child, `http://127.0.0.1:${port}`);
  }

  /** Messages of its log lines; lines that are not JSON are unchanged. */
  get lines(): readonly string[] {
    return this.output.split('\n').filter((line) => line !== '');
  }

  async answers(path: string, status: number): Promise<void> {
    let last = 'nothing';
    for (
      const until = Date.now() + PATIENCE_MS;
      Date.now() < until;
      await new Promise((resolve) => setTimeout(resolve, 100))
    ) {
      if (this.exitCode !== null) throw new TypeError(`It ended with code ${this.exitCode}:\n${this.output}`);
      const answer = await fetch(this.url + path).catch(() => null);
      if (answer?.status === status) return;
      last = answer ? `${answer.status} ${await answer.text()}` : last;
    }
    throw new TypeError(`Waited in vain for ${status} at ${path}; it last said: ${last}`);
  }

  async stop(): Promise<void> {
    if (this.exitCode !== null) return;
    const killing = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
    clearTimeout(killing);
  }
}

describe('a service that starts before its servers', () => {
  let database: TestDatabase;
  let redisUrl: string;
  let running: LoneService | null = null;
  let late: LateServer[] = [];

  beforeAll(async () => {
    database = await createTestDatabase({ name: 'migrated', prepare: runMigrations });
    redisUrl = await testRedisUrl();
  });
  afterEach(async () => {
    await running?.stop();
    for (const server of late) server.stop();
  });
  afterAll(() => database.drop());

  it.each(Object.keys(PORTS) as (keyof typeof PORTS)[])(
    'stays up, says so, and turns ready once they are there: %s',
    async (service) => {
      const servers = { database: await LateServer.at(database.url), redis: await LateServer.at(redisUrl) };
      late = Object.values(servers);
      const lone = (running = await LoneService.start(service, {
        DATABASE_URL: servers.database.url,
        REDIS_URL: servers.redis.url,
      }));
      await lone.answers('/healthz', 200);
      await lone.answers('/readyz', 503);
      for (const resource of NEEDS[service]) {
        const told = lone.lines.filter(
          (line) =>
            line.includes('cannot connect yet; trying again') && line.includes(`"resource":"${resource}"`),
        );
        expect(told).toHaveLength(1);
      }
      expect(lone.lines.filter((line) => !line.startsWith('{'))).toEqual([]);
      for (const server of late) await server.comes();
      await lone.answers('/readyz', 200);
      expect(lone.exitCode).toBeNull();
    },
  );

  it.each(Object.keys(PORTS) as (keyof typeof PORTS)[])(
    'ends on SIGTERM while they are away: %s',
    async (service) => {
      const servers = [await LateServer.at(database.url), await LateServer.at(redisUrl)] as const;
      const lone = (running = await LoneService.start(service, {
        DATABASE_URL: servers[0].url,
        REDIS_URL: servers[1].url,
      }));
      await lone.answers('/healthz', 200);
      await lone.stop();
      expect(lone.exitCode).toBe(0);
    },
  );
});
