import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../checkout/stack-error.ts';
import { tandemFolder } from '../checkout/checkout.ts';
import { BoundedLog } from '../process/bounded-log.ts';
import { KeptProcess } from '../process/kept-process.ts';
import { LocalServer } from '../process/local-server.ts';
import { libraryEnvironment } from '../process/run-command.ts';
import type { ServerHandle } from '../process/server-handle.ts';
import { withRedis } from '../redis/connection.ts';
import { followRedis } from '../redis/follow-redis.ts';
import { chooseRedis, redisSources, type RedisProgram } from '../redis/redis-program.ts';
import { startRedis } from '../redis/start-redis.ts';

const GROUP = 'calls';
const SENTINELS = 3;
/** Sentinels that must agree that the primary is down. */
const QUORUM = 2;
/** How long a primary does not answer until a Sentinel takes it for down, in milliseconds. */
const DOWN_AFTER_MS = 500;
const PATIENCE_MS = 20_000;
const STOP_MS = 5_000;

/** A primary, its replica and three real Sentinels that watch them, each with passwords. */
export class RedisGroup {
  private constructor(
    readonly servers: readonly [primary: ServerHandle, replica: ServerHandle],
    readonly sentinels: readonly ServerHandle[],
    private readonly password: string,
    private readonly sentinelPassword: string,
  ) {}

  /** @throws StackError when there is no real Redis */
  static async start(): Promise<RedisGroup> {
    const program = await chooseRedis(redisSources(join(tandemFolder, 'cache')));
    if (program.kind !== 'native')
      throw new StackError('There is no Redis with Sentinel.', 'Install redis-server.');
    const servers = [
      await startRedis({ isEphemeral: true }),
      await startRedis({ isEphemeral: true }),
    ] as const;
    const sentinels: ServerHandle[] = [];
    const { password } = new URL(servers[0].url);
    const group = new RedisGroup(servers, sentinels, password, randomBytes(12).toString('hex'));
    try {
      await follow(servers);
      for (let at = 0; at < SENTINELS; at += 1)
        sentinels.push(
          await startSentinel(program, group.sentinelConf(servers[0].port), group.sentinelPassword),
        );
      await group.untilAcquainted();
      return group;
    } catch (error) {
      await group.stop();
      throw error;
    }
  }

  /** REDIS_URL of the group. */
  get url(): string {
    const hosts = this.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
    return (
      `redis+sentinel://:${this.password}@${hosts}/${GROUP}` + `?sentinel-password=${this.sentinelPassword}`
    );
  }

  /** Returns the port of the server that the Sentinels call the primary. */
  async primaryPort(): Promise<number> {
    const [, port] = (await this.ask((client) =>
      client.call('SENTINEL', 'get-master-addr-by-name', GROUP),
    )) as [string, string];
    return Number(port);
  }

  async stop(): Promise<void> {
    for (const server of [...this.sentinels, ...this.servers]) {
      await server.kill('SIGCONT');
      await server.stop();
    }
  }

  private sentinelConf(primaryPort: number): readonly string[] {
    return [
      `requirepass ${this.sentinelPassword}`,
      `sentinel sentinel-pass ${this.sentinelPassword}`,
      `sentinel monitor ${GROUP} 127.0.0.1 ${primaryPort} ${QUORUM}`,
      `sentinel auth-pass ${GROUP} ${this.password}`,
      `sentinel down-after-milliseconds ${GROUP} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${GROUP} 3000`,
    ];
  }

  /** A failover needs Sentinels that know each other and the replica. */
  private async untilAcquainted(): Promise<void> {
    const isAcquainted = async (): Promise<boolean> => {
      const state = flat(await this.ask((client) => client.call('SENTINEL', 'master', GROUP)));
      return state.get('num-other-sentinels') === String(SENTINELS - 1) && state.get('num-slaves') === '1';
    };
    for (let waited = 0; !(await isAcquainted()); waited += 50) {
      if (waited > PATIENCE_MS)
        throw new StackError('The Sentinels do not find each other.', 'See their logs.');
      await sleep(50);
    }
  }

  private ask<Value>(question: Parameters<typeof withRedis<Value>>[1]): Promise<Value> {
    const sentinel = this.sentinels.at(-1);
    if (!sentinel) throw new TypeError('there is no Sentinel');
    return withRedis({ port: sentinel.port, password: this.sentinelPassword }, question);
  }
}

/** Each has the password of the first, so that either may follow the other. */
async function follow([primary, replica]: readonly [ServerHandle, ServerHandle]): Promise<void> {
  const { password } = new URL(primary.url);
  await withRedis(primary.url, (client) => client.config('SET', 'masterauth', password));
  await withRedis(replica.url, (client) => followRedis(client, { port: primary.port, password }));
}

function startSentinel(
  program: RedisProgram,
  conf: readonly string[],
  password: string,
): Promise<LocalServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-sentinel-'));
  const log = new BoundedLog({ file: null });
  const recipe = {
    name: 'Sentinel',
    what: 'of a test',
    urlOf: (port: number) => `redis://:${password}@127.0.0.1:${port}`,
    log,
    startLimitMs: PATIENCE_MS,
    endSteps: [{ signal: 'SIGTERM' as const, waitMs: STOP_MS }],
    ephemeralFolder: folder,
    isReady: async (port: number) =>
      (await withRedis({ port, password }, (client) => client.ping())) === 'PONG',
    launch: (port: number) => {
      const file = join(folder, 'sentinel.conf');
      writeFileSync(file, [`port ${port}`, 'bind 127.0.0.1', ...conf, ''].join('\n'), { mode: 0o600 });
      return KeptProcess.launch({
        name: 'Sentinel',
        file: program.file,
        args: [file, '--sentinel'],
        env: libraryEnvironment(program.libraryPath),
        cwd: folder,
        log,
        guard: { signal: 'TERM', graceMs: STOP_MS, removes: folder },
      });
    },
  };
  return LocalServer.begin(recipe, null);
}

/** Returns the pairs of a reply that lists names and values in turn. */
function flat(reply: unknown): ReadonlyMap<string, string> {
  const words = reply as string[];
  return new Map(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? '']] : [])));
}
