import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, keptOutcome, Sealer } from '@tandem/call-state';
import {
  toToolCallId,
  type CallId,
  type RelayId,
  type TenantId,
  type ToolCall,
  type ToolCallJob,
  type ToolOutcome,
} from '@tandem/contracts';
import type { ServiceConfig } from '@tandem/platform';
import { testRedisUrl } from '@tandem/stack';
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { QueuedToolDispatcher } from './queued-tool-dispatcher.ts';

const callId = 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId;
const toolCallId = toToolCallId(callId, 1, 'call_1');
const sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);
const BOOKED: ToolOutcome = { status: 'ok', value: { reference: 'K48' } };

const toolCall = (times: { deadlineMs: number; lateMs: number }): ToolCall => ({
  toolCallId,
  callId,
  tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId,
  name: 'book_appointment',
  cancellable: false,
  arguments: {},
  context: {
    callId,
    tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId,
    callerNumber: 'anonymous',
    dialledNumber: '+12025550199',
    timeZone: 'America/New_York',
    language: 'en-US',
    keypad: '',
    secureDigits: {},
  },
  ...times,
});

describe('a tool call over the queue', () => {
  let redis: Redis;
  let queue: Queue<ToolCallJob>;
  let dispatcher: QueuedToolDispatcher;

  beforeAll(async () => {
    redis = connectRedis(await testRedisUrl(), 'worker');
    queue = new Queue('tool-calls-late', { connection: redis });
    dispatcher = new QueuedToolDispatcher(
      { relayId: 'relay-1' as RelayId } as ServiceConfig<'media-relay'>,
      queue,
      sealer,
    );
  });
  afterEach(() => queue.obliterate({ force: true }));
  afterAll(async () => {
    await queue.close();
    redis.disconnect();
  });

  const result = (outcome: ToolOutcome) =>
    dispatcher.onResult({ kind: 'tool-result', callId, toolCallId, outcome } as never);

  it('that timed out still gets the outcome of its work, once', async () => {
    const late: ToolOutcome[] = [];
    const outcome = await dispatcher.call(toolCall({ deadlineMs: 20, lateMs: 60_000 }), (came) =>
      late.push(came),
    );
    expect(outcome).toEqual({ status: 'timed-out' });
    result(BOOKED);
    result(BOOKED);
    expect(late).toEqual([BOOKED]);
    const job = await queue.getJob(toolCallId);
    expect(job!.data.workUntil! - job!.data.deadlineAt).toBe(60_000);
  });

  it('that timed out and whose outcome is of no use then is waited for no longer', async () => {
    const late: ToolOutcome[] = [];
    await dispatcher.call(toolCall({ deadlineMs: 20, lateMs: 0 }), (came) => late.push(came));
    const before = dispatcher.unclaimedResults;
    result(BOOKED);
    expect([late, dispatcher.unclaimedResults]).toEqual([[], before + 1]);
  });

  it('of a call that is over is told nothing more', async () => {
    const late: ToolOutcome[] = [];
    await dispatcher.call(toolCall({ deadlineMs: 20, lateMs: 60_000 }), (came) => late.push(came));
    dispatcher.cancelAll(callId);
    result(BOOKED);
    expect(late).toEqual([]);
  });

  it('comes before those of a tenant who has many waiting', async () => {
    const flooding = Array.from({ length: 20 }, (_, index) => ({
      ...toolCall({ deadlineMs: 60_000, lateMs: 0 }),
      toolCallId: toToolCallId(callId, 1, `flood_${index}`),
    }));
    for (const call of flooding) void dispatcher.call(call);
    const other = {
      ...toolCall({ deadlineMs: 60_000, lateMs: 0 }),
      tenantId: '1b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId,
      toolCallId: toToolCallId(callId, 1, 'other'),
    };
    void dispatcher.call(other);
    await expect(
      (async () => {
        while ((await queue.getPrioritizedCount()) < 21) await new Promise(setImmediate);
        const jobs = await queue.getPrioritized(0, 1);
        return jobs.map(({ id }) => id);
      })(),
    ).resolves.toEqual([flooding[0]!.toolCallId, other.toolCallId]);
    dispatcher.cancelAll(callId);
  });

  it.each([
    ['sealed', true],
    ['plain, by a worker of the release before,', false],
  ])('of an earlier relay gets an outcome kept %s', async (_what, opensOutcome) => {
    const worker = new Worker<ToolCallJob>(
      queue.name,
      ({ data }) => Promise.resolve(keptOutcome(sealer, { ...data, opensOutcome }, BOOKED)),
      { connection: redis },
    );
    await expect(dispatcher.resume(toolCall({ deadlineMs: 60_000, lateMs: 0 }))).resolves.toEqual(BOOKED);
    await worker.close();
  });

  it('in time gets its outcome, and nothing late', async () => {
    const late: ToolOutcome[] = [];
    const outcome = dispatcher.call(toolCall({ deadlineMs: 60_000, lateMs: 60_000 }), (came) =>
      late.push(came),
    );
    result(BOOKED);
    expect([await outcome, late]).toEqual([BOOKED, []]);
  });
});
