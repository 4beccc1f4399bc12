import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectRedis } from '@tandem/call-state';
import { freePort, startRedis, Supervisor, type ServerHandle } from '@tandem/stack';
import { TandemFleet } from './bench/tandem-fleet.ts';

jest.setTimeout(180_000);

const WORKERS = ['tool-worker', 'post-call-worker'];
/** Each part that notices a state logs it once: the connection, the queue, the lease. */
const LINES_AT_MOST = 8;
/** Upper bound for one process with its shortest retry pauses. */
const REFUSALS_PER_SECOND_AT_MOST = 20;
const TROUBLE_MS = 6_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a Redis that', () => {
  let fleet: TandemFleet;
  let admin: ReturnType<typeof connectRedis>;

  beforeAll(async () => {
    fleet = await TandemFleet.start({ relays: 1, lines: ['redis'], hasRedisReplica: true });
    admin = connectRedis(fleet.platform.stack.redis.url, 'command');
  });
  afterAll(async () => {
    admin.disconnect();
    await fleet.stop();
  });

  const readyz = async (instance: string): Promise<{ readonly status: number; readonly text: string }> => {
    const response = await fetch(
      `http://127.0.0.1:${fleet.platform.stack.supervisor.portsOf(instance).http}/readyz`,
    );
    return { status: response.status, text: await response.text() };
  };
  const refusals = async (): Promise<number> =>
    Number(/^total_error_replies:(\d+)/m.exec(await admin.info('stats'))?.[1]);
  const state = (instance: string, name: string): Promise<string> =>
    fleet.platform.metric(instance, `tandem_dependency_state{dependency="redis",state="${name}"`);
  const isTakenWithin = async (limitMs: number): Promise<boolean> => {
    const until = Date.now() + limitMs;
    while (Date.now() < until) {
      const call = fleet.ring();
      const isTaken = new Promise<boolean>((resolve) => {
        call.listen(({ kind }) => void (kind === 'agent-started' && resolve(true)));
        void call.ended.then(() => resolve(false));
      });
      const taken = await isTaken;
      call.hangup();
      await call.ended;
      if (taken) return true;
    }
    return false;
  };

  const goesThrough = async (
    begin: () => Promise<unknown>,
    end: () => Promise<unknown>,
    name: string,
    sentence: RegExp,
  ): Promise<void> => {
    const before = fleet.platform.lines.length;
    await begin();
    await pause(1_000);
    const refusedBefore = await refusals();
    await pause(TROUBLE_MS);
    const refusedPerSecond = ((await refusals()) - refusedBefore) / (TROUBLE_MS / 1_000);
    const lines = fleet.platform.lines.slice(before);
    const linesOf = Object.fromEntries(
      [...WORKERS, 'relay-1', 'call-ingress'].map((instance) => [
        instance,
        lines.filter((line) => line.startsWith(`${instance} `)).length,
      ]),
    );
    expect(Object.entries(linesOf).filter(([, count]) => count > LINES_AT_MOST)).toEqual([]);
    expect(refusedPerSecond).toBeLessThan(REFUSALS_PER_SECOND_AT_MOST * 6);
    for (const worker of WORKERS) {
      const { status, text } = await readyz(worker);
      expect({ worker, status }).toEqual({ worker, status: 503 });
      expect(text).toMatch(sentence);
      expect(await state(worker, name)).toMatch(/ 1$/);
    }
    await end();
    expect(await isTakenWithin(5_000)).toBe(true);
    for (const worker of WORKERS)
      await fleet.platform.eventually(
        () => readyz(worker),
        ({ status }) => status === 200,
        `${worker} to be ready again`,
      );
  };

  it('is read-only is reported once, by readiness and a metric, and is asked with pauses', async () => {
    const nobody = String(await freePort());
    await goesThrough(
      () => admin.replicaof('127.0.0.1', nobody),
      () => admin.replicaof('NO', 'ONE'),
      'read-only',
      /Redis is read-only/,
    );
  });

  it('is out of memory is reported once, by readiness and a metric, and is asked with pauses', async () => {
    await goesThrough(
      () => admin.config('SET', 'maxmemory', '1'),
      () => admin.config('SET', 'maxmemory', '0'),
      'out-of-memory',
      /Redis is out of memory/,
    );
  });

  it(
    'was failed over, and whose former primary stays and keeps its connections, takes new calls at its ' +
      'address within 5 s',
    async () => {
      await fleet.redisPair.demote();
      expect(await isTakenWithin(5_000)).toBe(true);
      // Every connection is at the new primary: the relay's inbox, and the queue of ended calls.
      const call = fleet.ring();
      const isGreeted = new Promise((resolve) =>
        call.listen(({ kind }) => kind === 'agent-started' && resolve(true)),
      );
      await isGreeted;
      await pause(6_000);
      const { items } = await fleet.platform.ask<{ readonly items: readonly { readonly callId: string }[] }>(
        '/v1/live-calls',
      );
      expect(items).toHaveLength(1);
      expect(await fleet.platform.tell(`/v1/calls/${items[0]?.callId}/end`)).toMatchObject({ status: 202 });
      expect((await call.ended).endedBy).toBe('hangup-verb');
      expect((await fleet.platform.recorded(call.sid)).callId).toBe(items[0]?.callId);
    },
  );
});

describe('a Redis in cluster mode', () => {
  let redis: ServerHandle;

  beforeAll(async () => {
    redis = await startRedis({ isEphemeral: true, isCluster: true });
  });
  afterAll(() => redis.stop());

  it.each(['call-ingress', 'media-relay', 'tool-worker', 'post-call-worker', 'control-api'])(
    'is refused by %s at its start, in one sentence',
    async (service) => {
      const supervisor = new Supervisor({ isPublished: false });
      const env = {
        HOST: '127.0.0.1',
        LOG_LEVEL: 'error',
        TANDEM_SECRET: 'a secret for specs only and long enough for one',
        DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/none`,
        REDIS_URL: redis.url,
        RELAY_ID: 'relay-1',
        TWILIO_AUTH_TOKEN: 'x',
        ...Object.fromEntries(
          ['CALL_INGRESS', 'MEDIA_RELAY', 'TOOL_WORKER', 'POST_CALL_WORKER', 'CONTROL_API'].map((name) => [
            `${name}_PORT`,
            '0',
          ]),
        ),
      };
      const fault: unknown = await supervisor
        .start([{ service, instance: service, env }])
        .catch((error: unknown) => error);
      await supervisor.stop();
      expect(fault).toMatchObject({ message: expect.stringContaining('code 78') });
      expect((fault as Error).message).toMatch(
        new RegExp(`${service} cannot start: Redis runs in cluster mode`),
      );
    },
  );
});
