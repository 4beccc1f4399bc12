import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, openOutcome, type Sealer, sealToolCall } from '@tandem/call-state';
import {
  httpToolSchema,
  toToolCallId,
  type CallId,
  type RelayId,
  type TenantId,
  type ToolCallBody,
  type ToolCallJob,
} from '@tandem/contracts';
import { CALL_STATE_SEALER, loadServiceConfig, QUEUE_PREFIX, startService } from '@tandem/platform';
import { testRedisUrl } from '@tandem/stack';
import { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { ToolReplyPublisher } from './tool-reply.publisher.ts';
import { toolWorker } from './tool-worker.ts';

const tenantId = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
/** Words of a caller, of a business system and of an error. */
const SAID = 'canary-said-Ada-Lovelace';
const FOUND = 'canary-found-Ockham-Street-7';
const QUOTED = 'canary-quoted-ada@example.com';
const NUMBER = '+12025550177';

let app: Awaited<ReturnType<typeof startService>>;
let redis: Redis;
let queue: Queue<ToolCallJob>;
let events: QueueEvents;
let server: Server;
let url: string;

beforeAll(async () => {
  const redisUrl = await testRedisUrl();
  const config = loadServiceConfig('tool-worker', {
    HOST: '127.0.0.1',
    TOOL_WORKER_PORT: '0',
    LOG_LEVEL: 'silent',
    TANDEM_SECRET: 'a secret for specs only and long enough for one',
    REDIS_URL: redisUrl,
    OUTBOUND_TRUSTED_NETWORKS: '127.0.0.1/32',
  });
  redis = connectRedis(redisUrl, 'command');
  app = await startService('tool-worker', config, toolWorker);
  const options = { connection: connectRedis(redisUrl, 'worker'), prefix: QUEUE_PREFIX };
  queue = new Queue('tool-calls', options);
  events = new QueueEvents('tool-calls', options);
  await events.waitUntilReady();
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ street: FOUND }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/customers`;
});
afterAll(async () => {
  await app.close();
  await events.close();
  await queue.close();
  redis.disconnect();
  server.closeAllConnections();
  server.close();
});

const sealer = () => app.get<Sealer>(CALL_STATE_SEALER);

/** Puts a tool call into the queue, as a relay does. */
function add(change: Partial<ToolCallJob> = {}) {
  const callId = randomUUID() as CallId;
  const toolCallId = toToolCallId(callId, 1, 'call_1');
  const tool = httpToolSchema.parse({
    name: 'find_customer',
    description: 'Finds a customer.',
    parameters: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    method: 'POST',
    url,
  });
  const body: ToolCallBody = {
    arguments: { name: SAID },
    context: {
      callId,
      tenantId,
      callerNumber: NUMBER,
      dialledNumber: '+12025550100',
      timeZone: 'America/New_York',
      language: 'en-US',
      keypad: '',
      secureDigits: {},
    },
    http: { tool, secrets: {} },
  };
  const job = {
    toolCallId,
    callId,
    tenantId,
    name: tool.name,
    sealed: sealToolCall(sealer(), toolCallId, body),
    replyTo: 'relay-1' as RelayId,
    deadlineAt: Date.now() + 20_000,
    ...change,
  };
  return queue.add('tool-call', job, { jobId: toolCallId });
}

/** Returns everything in Redis that is a text, by key. */
async function allInRedis(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const keys of redis.scanStream() as AsyncIterable<string[]>)
    for (const key of keys) found.set(key, JSON.stringify(await valueOf(key)));
  return found;
}

async function valueOf(key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return redis.hgetall(key);
    case 'stream':
      return redis.xrange(key, '-', '+');
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'zset':
      return redis.zrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    default:
      return redis.get(key);
  }
}

async function keysWith(...words: string[]): Promise<string[]> {
  const all = await allInRedis();
  expect([...all.keys()].some((key) => key.endsWith('tool-calls:events'))).toBe(true);
  return [...all].filter(([, text]) => words.some((word) => text.includes(word))).map(([key]) => key);
}

describe('the job of a tool call', () => {
  it('has no word of the caller or the business system that is readable in Redis', async () => {
    const job = await add({ opensOutcome: true });
    const kept: unknown = await job.waitUntilFinished(events);
    expect(openOutcome(sealer(), job.data.toolCallId, kept)).toEqual({
      status: 'ok',
      value: { street: FOUND },
    });
    expect((await queue.getJob(job.id!))?.returnvalue).toEqual(kept);
    expect(await keysWith(SAID, FOUND, NUMBER)).toEqual([]);
  });

  it('has its outcome sealed for this tool call alone', async () => {
    const job = await add({ opensOutcome: true });
    const kept: unknown = await job.waitUntilFinished(events);
    const other = toToolCallId(randomUUID() as CallId, 1, 'call_1');
    expect(() => openOutcome(sealer(), other, kept)).toThrow('damaged');
  });

  it('has no word of an error that ended it', async () => {
    const replies = app.get(ToolReplyPublisher);
    const { publish } = replies;
    replies.publish = () => Promise.reject(new TypeError(`No mailbox ${QUOTED} for ${NUMBER}`));
    try {
      const job = await add({ opensOutcome: true });
      await expect(job.waitUntilFinished(events)).rejects.toThrow('TypeError');
      expect((await queue.getJob(job.id!))?.stacktrace).toHaveLength(1);
      expect(await keysWith(SAID, FOUND, QUOTED, NUMBER)).toEqual([]);
    } finally {
      replies.publish = publish;
    }
  });

  it('of a relay of the release before has the outcome as that one reads it', async () => {
    const job = await add();
    const kept: unknown = await job.waitUntilFinished(events);
    expect(kept).toEqual({ status: 'ok', value: { street: FOUND } });
    expect(openOutcome(sealer(), job.data.toolCallId, kept)).toEqual(kept);
    await job.remove();
    await queue.trimEvents(0);
  });
});
