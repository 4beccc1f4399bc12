import { randomInt, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectRedis, Sealer, sealToolCall, ToolUses } from '@tandem/call-state';
import {
  httpToolSchema,
  TENANT_SECRETS_PURPOSE,
  tenantSecretPlace,
  toToolCallId,
  type CallId,
  type RelayId,
  type TenantId,
  type ToolCallBody,
  type ToolCallId,
  type ToolCallJob,
  type ToolLimits,
  type ToolOutcome,
} from '@tandem/contracts';
import { CALL_STATE_SEALER, deriveKeys, loadServiceConfig, startService } from '@tandem/platform';
import { testRedisUrl } from '@tandem/stack';
import { Queue, QueueEvents } from 'bullmq';
import { toolWorker } from './tool-worker.ts';

const SECRET = 'a secret for specs only and long enough for one';
const tenantId = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
const PREFIX = 'tandem:queue';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let app: Awaited<ReturnType<typeof startService>>;
let redis: ReturnType<typeof connectRedis>;
let queue: Queue<ToolCallJob>;
let events: QueueEvents;
let server: Server;
let origin: string;
let received: Received[];
let respond: (response: ServerResponse, count: number) => void;

beforeAll(async () => {
  const redisUrl = await testRedisUrl();
  const config = loadServiceConfig('tool-worker', {
    HOST: '127.0.0.1',
    TOOL_WORKER_PORT: '0',
    LOG_LEVEL: 'silent',
    TANDEM_SECRET: SECRET,
    REDIS_URL: redisUrl,
    OUTBOUND_TRUSTED_NETWORKS: '127.0.0.1/32',
    TOOL_CONCURRENCY: '8',
  });
  redis = connectRedis(redisUrl, 'command');
  app = await startService('tool-worker', config, toolWorker);
  queue = new Queue('tool-calls', { connection: connectRedis(redisUrl, 'worker'), prefix: PREFIX });
  events = new QueueEvents('tool-calls', { connection: connectRedis(redisUrl, 'worker'), prefix: PREFIX });
  await events.waitUntilReady();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body });
      respond(response, received.length);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await events.close();
  await queue.close();
  redis.disconnect();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received = [];
  respond = json({ id: 'A-1' });
});

const json =
  (value: unknown, status = 200) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

interface Asked {
  readonly tool?: object;
  readonly input?: object;
  readonly limits?: ToolLimits;
  readonly callId?: CallId;
  readonly toolCallId?: ToolCallId;
  readonly callerNumber?: string;
  readonly name?: string;
  readonly deadlineMs?: number;
}

/** Puts a tool call into the queue, as a relay does. */
async function ask(asked: Asked = {}): Promise<{ outcome: ToolOutcome; toolCallId: string }> {
  const { input = { orderId: 'A/1 ?' }, callerNumber = '+12025550123', deadlineMs = 20_000 } = asked;
  const callId = asked.callId ?? (randomUUID() as CallId);
  const tool = httpToolSchema.parse({
    name: 'find_order',
    description: 'Finds an order.',
    parameters: {
      type: 'object',
      properties: { orderId: { type: 'string' }, full: { type: 'boolean' } },
      required: ['orderId'],
    },
    url: `${origin}/orders/{orderId}?full={full}&from={call.callerNumber}`,
    headers: { authorization: 'Bearer {secret:TOKEN}' },
    ...asked.tool,
  });
  const toolCallId = asked.toolCallId ?? toToolCallId(callId, 1, randomUUID());
  const tenantSecrets = new Sealer(deriveKeys([SECRET], TENANT_SECRETS_PURPOSE));
  const body: ToolCallBody = {
    arguments: input as never,
    context: {
      callId,
      tenantId,
      callerNumber,
      dialledNumber: '+12025550100',
      timeZone: 'America/New_York',
      language: 'en-US',
      keypad: '',
      secureDigits: {},
    },
    http: { tool, secrets: { TOKEN: tenantSecrets.seal('s3cret', tenantSecretPlace(tenantId, 'TOKEN')) } },
    limits: asked.limits,
  };
  const job = await queue.add(
    'tool-call',
    {
      toolCallId,
      callId,
      tenantId,
      name: asked.name ?? tool.name,
      sealed: sealToolCall(app.get<Sealer>(CALL_STATE_SEALER), toolCallId, body),
      replyTo: 'relay-1' as RelayId,
      deadlineAt: Date.now() + deadlineMs,
    },
    { jobId: toolCallId },
  );
  return { outcome: (await job.waitUntilFinished(events)) as ToolOutcome, toolCallId };
}

describe('an HTTP tool', () => {
  it('sends arguments, facts of the call and a secret, and brings the fields asked for', async () => {
    respond = json({ id: 'A-1', lines: [{ title: 'Boiler' }], internal: 'x' });
    const { outcome } = await ask({ tool: { response: { fields: { first: 'lines.0.title', no: 'a.b' } } } });
    expect(outcome).toEqual({ status: 'ok', value: { first: 'Boiler', no: null } });
    expect(received).toEqual([
      {
        method: 'GET',
        url: '/orders/A%2F1%20%3F?from=%2B12025550123',
        headers: expect.objectContaining({ authorization: 'Bearer s3cret' }),
        body: '',
      },
    ]);
    expect(received[0]?.headers['idempotency-key']).toBeUndefined();
  });

  it('that changes something carries its arguments and the id of the tool call, once', async () => {
    respond = (response) => void response.writeHead(503).end();
    const { outcome, toolCallId } = await ask({
      tool: { method: 'POST', url: `${origin}/orders` },
      input: { orderId: 'A-1', full: true },
    });
    expect(outcome).toEqual({ status: 'failed', code: 'http-503', retryable: true });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: 'POST', body: '{"orderId":"A-1","full":true}' });
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': toolCallId,
    });
  });

  it('is tried again where that is safe', async () => {
    respond = (response, count) =>
      count < 3 ? void response.writeHead(503).end() : json({ id: 'A-1' })(response);
    expect((await ask()).outcome).toEqual({ status: 'ok', value: { id: 'A-1' } });
    expect(received).toHaveLength(3);
    const safe = { method: 'PUT', isSafeToRepeat: true, url: `${origin}/orders` };
    received = [];
    expect((await ask({ tool: safe })).outcome).toEqual({ status: 'ok', value: { id: 'A-1' } });
    expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('fills a template of JSON', async () => {
    const template = {
      order: '{orderId}',
      by: 'Caller {call.callerNumber}',
      full: '{full}',
      list: ['{full}'],
    };
    await ask({
      tool: { method: 'POST', url: `${origin}/orders`, body: { kind: 'template', template } },
      input: { orderId: 'say "hi"', full: false },
    });
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      order: 'say "hi"',
      by: 'Caller +12025550123',
      full: false,
      list: [false],
    });
  });

  it.each([
    [404, { status: 'refused', reason: 'http-404' }],
    [409, { status: 'refused', reason: 'http-409', detail: 'Already shipped.' }],
    [401, { status: 'failed', code: 'http-401', retryable: false }],
    [302, { status: 'failed', code: 'http-redirect-refused' }],
  ])('answered by %i ends as it should', async (status, expected) => {
    respond = (response) =>
      void response
        .writeHead(status, { 'content-type': 'application/problem+json', location: 'http://127.0.0.2/' })
        .end(JSON.stringify({ detail: 'Already shipped.' }));
    expect((await ask()).outcome).toMatchObject(expected);
  });

  it('whose effect is not known says so', async () => {
    const tool = { method: 'POST', url: `${origin}/orders` };
    respond = (response) => response.socket?.resetAndDestroy();
    expect((await ask({ tool })).outcome).toEqual({ status: 'timed-out' });
    respond = () => undefined;
    expect((await ask({ tool: { ...tool, timeoutMs: 500 } })).outcome).toEqual({ status: 'timed-out' });
    expect((await ask({ tool: { timeoutMs: 500 } })).outcome).toEqual({ status: 'timed-out' });
    respond = (response) => void response.writeHead(200).end('<html>');
    expect((await ask({ tool })).outcome).toEqual({ status: 'ok', value: { done: true } });
  });

  it('that changes something is not sent again after its worker was lost', async () => {
    const toolCallId = toToolCallId(randomUUID() as CallId, 1, randomUUID());
    await new ToolUses(redis).beginOnce(toolCallId);
    const tool = { method: 'POST', url: `${origin}/orders` };
    expect((await ask({ tool, toolCallId })).outcome).toEqual({ status: 'timed-out' });
    expect(received).toEqual([]);
  });

  it('reads no more than it may, and tells the model no more than it may', async () => {
    respond = json({ text: 'x'.repeat(70_000) });
    expect((await ask()).outcome).toMatchObject({ code: 'http-response-too-large' });
    respond = json({ text: 'x'.repeat(9_000), id: 'A-1' });
    expect((await ask()).outcome).toMatchObject({ code: 'http-response-too-large' });
    const tool = { response: { fields: { id: 'id' } } };
    expect((await ask({ tool })).outcome).toEqual({ status: 'ok', value: { id: 'A-1' } });
    respond = (response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('['.repeat(4_000) + ']'.repeat(4_000));
    expect((await ask()).outcome).toMatchObject({ code: 'http-response-unreadable' });
  });

  it('goes nowhere it must not, whatever the arguments', async () => {
    expect((await ask({ input: { orderId: '..' } })).outcome).toMatchObject({ reason: 'bad-arguments' });
    expect((await ask({ input: { orderId: '' } })).outcome).toMatchObject({ reason: 'bad-arguments' });
    expect((await ask({ input: { orderId: 'a', host: 'b' } })).outcome).toMatchObject({
      reason: 'bad-arguments',
    });
    await ask({ input: { orderId: '@127.0.0.2/#?x=' } });
    expect(received.map(({ url }) => url)).toEqual(['/orders/%40127.0.0.2%2F%23%3Fx%3D?from=%2B12025550123']);
    expect((await ask({ tool: { url: 'http://127.0.0.2:9/{orderId}' } })).outcome).toEqual({
      status: 'failed',
      code: 'http-destination-refused',
      retryable: false,
    });
  });

  it('has half the room of a worker for one tenant, and leaves the rest to others', async () => {
    const held: ServerResponse[] = [];
    respond = (response) => {
      held.push(response);
      if (held.length === 4) void ask().then(({ outcome }) => release(outcome));
    };
    let release!: (outcome: ToolOutcome) => void;
    const fifth = new Promise<ToolOutcome>((resolve) => (release = resolve));
    const first = Array.from({ length: 4 }, () => ask({ tool: { timeoutMs: 20_000 } }));
    expect(await fifth).toEqual({ status: 'failed', code: 'too-many-requests', retryable: true });
    for (const response of held) json({ id: 'A-1' })(response);
    for (const { outcome } of await Promise.all(first)) expect(outcome.status).toBe('ok');
    respond = json({ id: 'A-1' });
    expect((await ask()).outcome.status).toBe('ok');
  });

  it('without its secret, or under another name, is not sent', async () => {
    const tool = { headers: { 'x-key': '{secret:OTHER}' } };
    expect((await ask({ tool })).outcome).toMatchObject({ status: 'failed', code: 'secret-missing' });
    expect((await ask({ name: 'other_tool' })).outcome).toMatchObject({ code: 'no-handler' });
    expect(received).toEqual([]);
  });

  it('leaves out the number of a caller who shows none', async () => {
    await ask({ callerNumber: 'anonymous', input: { orderId: 'A', full: true } });
    expect(received[0]?.url).toBe('/orders/A?full=true');
  });
});

const someNumber = () => `+1202555${randomInt(1_000, 10_000)}`;

describe('the limits of a tool', () => {
  it('hold in one call and for one caller on one day, and need no number in Redis', async () => {
    const callId = randomUUID() as CallId;
    const callerNumber = someNumber();
    const asked = { callId, callerNumber, limits: { maxPerCall: 2 } };
    const inCall = [await ask(asked), await ask(asked), await ask(asked)];
    expect(inCall.map(({ outcome }) => outcome.status)).toEqual(['ok', 'ok', 'refused']);
    expect(inCall[2]?.outcome).toMatchObject({ reason: 'call-limit-reached' });
    const daily = { callerNumber, limits: { maxPerCallerPerDay: 1 } };
    const today = [await ask(daily), await ask(daily)];
    expect(today.map(({ outcome }) => outcome.status)).toEqual(['ok', 'refused']);
    expect((await ask({ ...daily, callerNumber: someNumber() })).outcome.status).toBe('ok');
    const keys = await redis.keys('tandem:tool-uses:*');
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => key.includes(callerNumber.slice(1)))).toEqual([]);
  });

  const refund = (amount: unknown, asked: Asked = {}) =>
    ask({
      tool: {
        name: 'refund',
        method: 'POST',
        url: `${origin}/refunds`,
        parameters: { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] },
        headers: {},
      },
      input: { amount },
      callerNumber: someNumber(),
      ...asked,
    });
  const reasonOf = ({ outcome }: { outcome: ToolOutcome }) =>
    outcome.status === 'refused' ? outcome.reason : outcome.status;

  it('hold by value: in one use, in one call, for one caller and for all callers', async () => {
    const limits = (value: object) => ({ limits: { value: { argument: 'amount', ...value } } });
    const callId = randomUUID() as CallId;
    const inCall = { callId, ...limits({ max: 100, maxPerCall: 150 }) };
    const refunds = [await refund(101, inCall), await refund(90, inCall), await refund(70, inCall)];
    expect(refunds.map(reasonOf)).toEqual(['value-limit-reached', 'ok', 'value-limit-reached']);
    // What was refused has not been counted.
    expect(reasonOf(await refund(60, inCall))).toBe('ok');
    expect(reasonOf(await refund(0.01, inCall))).toBe('value-limit-reached');
    for (const amount of [-500, '20', [20]])
      expect(reasonOf(await refund(amount, inCall))).toBe('value-limit-reached');
    const callerNumber = someNumber();
    const daily = { callerNumber, ...limits({ maxPerCallerPerDay: 100 }) };
    expect([await refund(80, daily), await refund(30, daily)].map(reasonOf)).toEqual([
      'ok',
      'value-limit-reached',
    ]);
    const all = limits({ maxPerDay: 1_000 });
    const together = await Promise.all([400, 400, 400].map((amount) => refund(amount, all)));
    expect(together.map(reasonOf).sort()).toEqual(['ok', 'ok', 'value-limit-reached']);
    expect(received).toHaveLength(5);
  });

  it('hold for all callers of a business on one day, whichever worker counts', async () => {
    const asked = { limits: { maxPerDay: 2 }, tool: { name: `order_${randomInt(1e9)}` } };
    const uses = await Promise.all(
      Array.from({ length: 5 }, () => ask({ ...asked, callerNumber: someNumber() })),
    );
    expect(uses.map(reasonOf).sort()).toEqual([
      ...Array.from({ length: 3 }, () => 'business-limit-reached'),
      'ok',
      'ok',
    ]);
  });
});
