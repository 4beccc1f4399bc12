import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectRedis } from '@tandem/call-state';
import type { QueueName, TenantId } from '@tandem/contracts';
import { QUEUE_PREFIX } from '@tandem/platform';
import { testRedisUrl } from '@tandem/stack';
import { Queue, UnrecoverableError, Worker } from 'bullmq';
import { RunningControl, type Operator } from '../test/running-control.ts';

let control: RunningControl;
let redis: ReturnType<typeof connectRedis>;
let own: Operator;
const open: { close(): Promise<unknown> }[] = [];
beforeAll(async () => {
  const redisUrl = await testRedisUrl();
  control = await RunningControl.start({ REDIS_URL: redisUrl });
  redis = connectRedis(redisUrl, 'worker');
});
afterAll(async () => {
  for (const each of open) await each.close();
  redis.disconnect();
  await control.stop();
});
beforeEach(async () => {
  own = await control.operator();
});

const options = () => ({ connection: redis, prefix: QUEUE_PREFIX });

/** Lets a job fail for good, as its worker would. */
async function fail(name: QueueName, id: string, data: object, error: Error): Promise<Queue> {
  const queue = new Queue(name, options());
  const worker = new Worker(name, () => Promise.reject(error), { ...options(), autorun: false });
  open.push(queue, worker);
  const failed = new Promise<void>((resolve) =>
    worker.on('failed', (job) => (job?.id === id ? resolve() : undefined)),
  );
  await queue.add('spec', data, { jobId: id, attempts: 1 });
  void worker.run();
  await failed;
  await worker.close();
  return queue;
}

const messageOf = (tenantId: TenantId) => {
  const messageId = randomUUID();
  return [`message_${messageId}`, { messageId, tenantId }] as const;
};
const list = async (as: string, query = '') => control.ask('GET', `/v1/dead-letters${query}`, as);

describe('failed jobs', () => {
  it('are listed to their tenant only, with a reason in our words', async () => {
    const stranger = await control.operator();
    const [id, data] = messageOf(own.tenantId);
    await fail('messages', id, data, new Error('550 no mailbox ada@example.com'));
    const { body, text } = await list(own.apiKey, '?queue=messages');
    expect(body).toEqual({
      isComplete: true,
      items: [
        {
          queue: 'messages',
          id,
          subject: { kind: 'message', id: data.messageId },
          tool: null,
          queuedAt: expect.any(String),
          failedAt: expect.any(String),
          attempts: 1,
          reason: { code: 'unexpected', detail: expect.any(String) },
          refusal: null,
        },
      ],
    });
    expect(text).not.toContain('ada@example.com');
    expect((await list(stranger.apiKey)).body).toEqual({ isComplete: true, items: [] });
    const path = `/v1/dead-letters/messages/${id}/retry`;
    expect(await control.ask('POST', path, stranger.apiKey)).toMatchObject({
      status: 404,
      body: { code: 'dead-letter-not-found' },
    });
  });

  it('run again once, with all their attempts', async () => {
    const callId = randomUUID();
    const id = `post-call_${callId}_ended`;
    const queue = await fail('post-call', id, { callId, tenantId: own.tenantId }, new Error('x'));
    const path = `/v1/dead-letters/post-call/${id}/retry`;
    const answers = await Promise.all([1, 2, 3].map(() => control.ask('POST', path, own.apiKey)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 404, 404]);
    const job = await queue.getJob(id);
    expect([await job?.getState(), job?.attemptsMade]).toEqual(['waiting', 0]);
    await job?.remove();
  });

  it('run again all at once, those of the tenant', async () => {
    const stranger = await control.operator();
    const ids = [];
    for (const tenantId of [own.tenantId, own.tenantId, stranger.tenantId]) {
      const [id, data] = messageOf(tenantId);
      ids.push(id);
      await fail('messages', id, data, new UnrecoverableError('The job is none of a message.'));
    }
    expect((await list(own.apiKey)).body['items']).toMatchObject([
      { reason: { code: 'unreadable-job' } },
      { reason: { code: 'unreadable-job' } },
    ]);
    const answer = await control.ask('POST', '/v1/dead-letters/messages/retry', own.apiKey);
    expect(answer.body).toEqual({ retried: 2, refused: 0, isComplete: true });
    expect((await list(own.apiKey)).body['items']).toEqual([]);
    expect((await list(stranger.apiKey)).body['items']).toHaveLength(1);
    const queue = new Queue('messages', options());
    open.push(queue);
    for (const id of ids) await (await queue.getJob(id))?.remove();
  });

  it.each([
    ['is over', 60_000, 'call-over'],
    ['has been told that it did not work', -1, 'too-late'],
  ])('of a tool do not run again when its call %s', async (_what, aheadMs, reason) => {
    const callId = randomUUID();
    const id = `tc_${callId}_1_a`;
    const job = {
      toolCallId: id,
      callId,
      tenantId: own.tenantId,
      name: 'book_appointment',
      sealed: 'x',
      replyTo: 'relay-1',
      deadlineAt: Date.now() + aheadMs,
    };
    const queue = await fail('tool-calls', id, job, new Error('x'));
    expect((await list(own.apiKey)).body['items']).toMatchObject([
      { tool: 'book_appointment', subject: { kind: 'call', id: callId }, refusal: { code: reason } },
    ]);
    expect(await control.ask('POST', `/v1/dead-letters/tool-calls/${id}/retry`, own.apiKey)).toMatchObject({
      status: 409,
      body: { code: 'must-not-run-again', reason },
    });
    const all = await control.ask('POST', '/v1/dead-letters/tool-calls/retry', own.apiKey);
    expect(all.body).toEqual({ retried: 0, refused: 1, isComplete: true });
    await (await queue.getJob(id))?.remove();
  });
});
