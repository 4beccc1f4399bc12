import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CallStore,
  connectRedis,
  RedisCallLog,
  RELAY_RENEW_MS,
  RelayRegistry,
  Sealer,
  type AdmissionRecord,
  type CallLogCounters,
} from '@tandem/call-state';
import {
  agentSnapshotSchema,
  UNKNOWN_CALLER,
  type CallId,
  type NewCallEvent,
  type RelayId,
  type TenantId,
} from '@tandem/contracts';
import { RealClock } from '@tandem/conversation';
import { startRedis, type ServerHandle } from '@tandem/stack';
import { cpuMsOf } from '../host/process-cpu.ts';

/** How one Redis bears the events and heartbeats of many calls. */
export interface RedisLoad {
  readonly calls: number;
  readonly relays: number;
  readonly eventsPerSecond: number;
  /** Share of one core; the commands of a Redis run in one thread. */
  readonly coreShare: number;
  readonly megabytes: number;
  /** From an event's append to the reply that it is stored. */
  readonly storedP50Ms: number;
  readonly storedP99Ms: number;
  /** Share of the wanted events that the driver did not get to append: it gave out, not Redis. */
  readonly missedShare: number;
  /** CPU of Redis for one look at all leases, which the placement of each call takes, in milliseconds. */
  readonly lookUpCpuMs: number;
}

const STEPS = [500, 1_000, 2_000, 4_000, 8_000] as const;
const CALLS_PER_RELAY = 150;
const SECONDS = 15;
const SETTLE_MS = 2_000;
const TICK_MS = 20;
/** One append in this many is timed. */
const TIMED_EVERY = 25;
const MOST_MISSED = 0.05;
const RELEASED_AFTER_MS = 5_000;
const LOOK_UPS = 2_000;

/**
 * Has one real Redis, with AOF every second, store events of more and more calls through the product's own
 * classes, with one connection per relay. Ends when the driver cannot keep up.
 * @param eventsPerCallSecond what a call that talks appends, as `npm run bench -- --only stores` measures
 */
export async function benchOneRedis(
  eventsPerCallSecond: number,
  log: (line: string) => void,
): Promise<RedisLoad[]> {
  const server = await startRedis({ isEphemeral: true });
  const admin = connectRedis(server.url, 'command');
  const fleet: FilledRelay[] = [];
  const loads: RedisLoad[] = [];
  try {
    await admin.config('SET', 'appendonly', 'yes');
    for (const calls of STEPS) {
      while (fleet.length * CALLS_PER_RELAY < calls)
        fleet.push(await FilledRelay.start(server, fleet.length, CALLS_PER_RELAY));
      await sleep(SETTLE_MS);
      const load = await measure(fleet, server, eventsPerCallSecond);
      const lookUpCpuMs = await measureLookUps(server);
      const bytes = Number(/^used_memory:(\d+)/m.exec(await admin.info('memory'))?.[1]);
      loads.push({ ...load, lookUpCpuMs, megabytes: bytes / 1e6 });
      log(`${load.calls} calls: ${(load.coreShare * 100).toFixed(0)} % of a core`);
      if (load.missedShare > MOST_MISSED) break;
    }
    return loads;
  } finally {
    for (const relay of fleet) relay.stop();
    admin.disconnect();
    await server.stop();
  }
}

async function measure(
  fleet: readonly FilledRelay[],
  server: ServerHandle,
  eventsPerCallSecond: number,
): Promise<Omit<RedisLoad, 'megabytes' | 'lookUpCpuMs'>> {
  const logs = fleet.flatMap((relay) => relay.logs);
  const times: number[] = [];
  const begunAt = performance.now();
  const cpuBefore = cpuMsOf(server.pid ?? 0);
  let appended = 0;
  while (performance.now() - begunAt < SECONDS * 1_000) {
    const due = Math.floor(((performance.now() - begunAt) / 1_000) * logs.length * eventsPerCallSecond);
    // No more than three ticks at once: a driver that is late must not send everything in one burst.
    const most = appended + Math.ceil((logs.length * eventsPerCallSecond * TICK_MS * 3) / 1_000);
    for (; appended < Math.min(due, most); appended += 1) append(logs, appended, times);
    await sleep(TICK_MS);
  }
  const seconds = (performance.now() - begunAt) / 1_000;
  const cpuMs = cpuMsOf(server.pid ?? 0) - cpuBefore;
  await Promise.all(logs.map((one) => one.flush(RELEASED_AFTER_MS)));
  times.sort((a, b) => a - b);
  return {
    calls: logs.length,
    relays: fleet.length,
    eventsPerSecond: appended / seconds,
    coreShare: cpuMs / 1_000 / seconds,
    storedP50Ms: times[Math.floor(times.length * 0.5)] ?? Number.NaN,
    storedP99Ms: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
    missedShare: 1 - appended / (seconds * logs.length * eventsPerCallSecond),
  };
}

/** Heartbeats go on meanwhile; what they take is measured before and left out. */
async function measureLookUps(server: ServerHandle): Promise<number> {
  const redis = connectRedis(server.url, 'command');
  const registry = new RelayRegistry(redis);
  const pid = server.pid ?? 0;
  try {
    const restAt = performance.now();
    const restCpu = cpuMsOf(pid);
    await sleep(SETTLE_MS);
    const restShare = (cpuMsOf(pid) - restCpu) / (performance.now() - restAt);
    const begunAt = performance.now();
    const begunCpu = cpuMsOf(pid);
    for (let done = 0; done < LOOK_UPS; done += 1) await registry.listRelays();
    return (cpuMsOf(pid) - begunCpu - restShare * (performance.now() - begunAt)) / LOOK_UPS;
  } finally {
    redis.disconnect();
  }
}

function append(logs: readonly RedisCallLog[], index: number, times: number[]): void {
  const log = logs[index % logs.length];
  if (!log) return;
  log.append(SPOKEN);
  if (index % TIMED_EVERY !== 0) return;
  const at = performance.now();
  void log.flush(RELEASED_AFTER_MS).then(() => times.push(performance.now() - at));
}

/** Words of the usual length of a caller's turn. */
const SPOKEN: NewCallEvent = {
  type: 'caller.spoke',
  data: {
    itemId: 'item_000000000000000001',
    text: 'Yes, I would like to move my appointment from Tuesday morning to any time after four on Thursday.',
    startedAtMs: 61_000,
    endedAtMs: 66_000,
  },
};

/** A relay's part in Redis: its connection, lease and the logs of its calls. */
class FilledRelay {
  private constructor(
    readonly logs: readonly RedisCallLog[],
    private readonly redis: ReturnType<typeof connectRedis>,
    private readonly heartbeat: NodeJS.Timeout,
  ) {}

  static async start({ url }: ServerHandle, index: number, calls: number): Promise<FilledRelay> {
    const redis = connectRedis(url, 'command');
    const sealer = new Sealer([{ keyId: 'bench', key: new Uint8Array(32).fill(1) }]);
    const store = new CallStore(redis, sealer, {
      connectedForMs: Number.POSITIVE_INFINITY,
      disconnected: () => undefined,
    });
    const clock = new RealClock((error) => {
      throw error;
    });
    const relayId = `relay-${index}` as RelayId;
    const counters: CallLogCounters = { stored: 0, dropped: 0, failures: 0, refilled: 0 };
    const records = Array.from({ length: calls }, () => callRecord());
    const logs: RedisCallLog[] = [];
    for (const record of records) {
      await store.restore(record, { epoch: 1, relayId, leaseMs: 60_000, beginsAfter: 0, others: [] });
      logs.push(
        new RedisCallLog(redis, sealer, clock, counters, {
          callId: record.callId,
          epoch: 1,
          lastSeq: 0,
          onFenced: () => {
            throw new TypeError('The call has no other owner.');
          },
        }),
      );
    }
    const registry = new RelayRegistry(redis);
    const owned = records.map(({ callId }) => ({ callId, epoch: 1, isHeld: true }));
    const heartbeat = setInterval(() => {
      const lease = {
        relayId,
        address: 'ws://127.0.0.1:1',
        capacity: calls,
        active: calls,
        isDraining: false,
        isOverloaded: false,
        revision: '',
        startedAt: 1_000,
      };
      registry.renew(lease, owned).catch(() => undefined); // The next one is a second away.
    }, RELAY_RENEW_MS);
    return new FilledRelay(logs, redis, heartbeat);
  }

  stop(): void {
    clearInterval(this.heartbeat);
    this.redis.disconnect();
  }
}

const TENANT = randomUUID() as TenantId;
/** Instructions of a usual length: the record of a call holds its agent. */
const AGENT = agentSnapshotSchema.parse({
  agentId: randomUUID(),
  agentVersion: 1,
  tenantId: TENANT,
  name: 'Sarah',
  companyName: 'Northwind',
  timeZone: 'UTC',
  instructions: 'You answer the phone of a company that repairs heating and plumbing. '.repeat(30),
  model: { kind: 'guided' },
});

function callRecord(): AdmissionRecord {
  return {
    callId: randomUUID() as CallId,
    tenantId: TENANT,
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId: `CA${randomUUID().replaceAll('-', '')}`,
    admittedAt: Date.now(),
    caller: UNKNOWN_CALLER,
    language: 'en-US',
    agent: AGENT,
  };
}
