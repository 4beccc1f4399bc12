import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectRedis, keptOutcome, sealToolCall, type Sealer } from '@tandem/call-state';
import {
  termination,
  toToolCallId,
  type CallEvent,
  type CallId,
  type NewCallEvent,
  type RelayId,
  type ToolCallBody,
  type ToolCallJob,
  type ToolOutcome,
} from '@tandem/contracts';
import { CALL_STATE_SEALER } from '@tandem/platform';
import { Queue, Worker } from 'bullmq';
import { NUMBER, RunningMessages } from '../messages/test/running-messages.ts';
import { log } from '../test/call-log.ts';
import { LateResults } from './late-results.service.ts';

const PREFIX = 'tandem:queue';
const BOOKED: ToolOutcome = { status: 'ok', value: { reference: 'K48215', spoken: 'Monday at 9 AM' } };
const TEXT = 'Spec: Your appointment is booked: Monday at 9 AM. Reference: K48215.';

let running: RunningMessages;
let late: LateResults;
let queue: Queue<ToolCallJob>;
let worker: Worker<ToolCallJob>;
let outcome: ToolOutcome;
let callId: CallId;

beforeAll(async () => {
  running = await RunningMessages.start();
  late = running.get<LateResults>(LateResults);
  const { redisUrl } = running;
  queue = new Queue('tool-calls', { connection: connectRedis(redisUrl, 'worker'), prefix: PREFIX });
  worker = new Worker('tool-calls', ({ data }) => Promise.resolve(keptOutcome(sealer(), data, outcome)), {
    connection: connectRedis(redisUrl, 'worker'),
    prefix: PREFIX,
    autorun: false,
  });
  void worker.run();
});
afterAll(async () => {
  await worker.close();
  await queue.close();
  await running.stop();
});
beforeEach(async () => {
  await running.begin();
  outcome = BOOKED;
  callId = randomUUID() as CallId;
});

const called = (name = 'book_appointment'): NewCallEvent => ({
  type: 'tool.called',
  data: {
    toolCallId: toToolCallId(callId, 1, 'call_1'),
    providerCallId: 'call_1',
    name,
    arguments: {},
    atMs: 1_000,
  },
});
const finished = (status: 'ok' | 'cancelled' | 'timed-out'): NewCallEvent => ({
  type: 'tool.finished',
  data: {
    toolCallId: toToolCallId(callId, 1, 'call_1'),
    providerCallId: 'call_1',
    name: 'book_appointment',
    outcome: status === 'ok' ? BOOKED : { status },
    tookMs: 8_000,
    atMs: 9_000,
  },
});
const agreed = (state: 'granted' | 'refused'): NewCallEvent => ({
  type: 'consent.stated',
  data: { purpose: 'result-by-text', state, atMs: 2_000 },
});
const ended: NewCallEvent = {
  type: 'call.ended',
  data: { termination: termination('caller-hangup'), atMs: 10_000 },
};
const eventsOf = (...facts: NewCallEvent[]): CallEvent[] =>
  log(...facts.map((fact, index): [number, NewCallEvent] => [index * 1_000, fact]));

const sealer = () => running.get<Sealer>(CALL_STATE_SEALER);

/** Puts the job of the tool call into the queue, as a relay does, and has it done. */
async function atWork(
  name = 'book_appointment',
  { callerNumber = running.party, opensOutcome = true } = {},
): Promise<void> {
  const toolCallId = toToolCallId(callId, 1, 'call_1');
  const body: ToolCallBody = {
    arguments: {},
    context: {
      callId,
      tenantId: running.tenantId,
      callerNumber,
      dialledNumber: NUMBER,
      timeZone: 'UTC',
      language: 'en-US',
      keypad: '',
      secureDigits: {},
    },
  };
  const job = await queue.add(
    'tool-call',
    {
      toolCallId,
      callId,
      tenantId: running.tenantId,
      name,
      sealed: sealToolCall(sealer(), toolCallId, body),
      replyTo: 'relay-1' as RelayId,
      deadlineAt: Date.now() + 8_000,
      workUntil: Date.now() + 60_000,
      opensOutcome,
    },
    { jobId: toolCallId },
  );
  while ((await job.getState()) !== 'completed') await new Promise((resolve) => setTimeout(resolve, 20));
}

async function settle(...facts: NewCallEvent[]): Promise<CallEvent[]> {
  const events = eventsOf(...facts);
  const found = await late.find(events);
  expect(found.isAwaiting).toBe(false);
  await late.send(running.tenantId, callId, events, found);
  return [...found.events];
}

describe('a tool that ends after the caller has hung up', () => {
  it('is told by text message to a caller who agreed, once, and is part of the record', async () => {
    await atWork();
    const facts = [called(), agreed('granted'), finished('cancelled'), ended];
    for (let time = 0; time < 3; time += 1)
      expect(await settle(...facts)).toMatchObject([
        { type: 'tool.finished-late', data: { outcome: BOOKED, name: 'book_appointment' } },
      ]);
    const [message, ...others] = await running.all();
    expect(others).toEqual([]);
    await running.reaches(message!, 'accepted');
    expect(running.sentSms).toMatchObject([{ from: NUMBER, to: running.party, body: TEXT }]);
  });

  it.each([
    ['nobody agreed', []],
    ['the caller said no at last', [agreed('granted'), agreed('refused')]],
  ])('is only recorded when %s', async (_what, consent) => {
    await atWork();
    expect(await settle(called(), ...consent, finished('timed-out'), ended)).toHaveLength(1);
    expect(await running.all()).toEqual([]);
  });

  it('is only recorded when the caller opted out, or shows no number', async () => {
    await running.receive('STOP', { consent: 'stop', refusal: 'consent-stop' });
    await atWork();
    expect(await settle(called(), agreed('granted'), ended)).toHaveLength(1);
    expect((await running.all()).filter(({ direction }) => direction === 'outbound')).toEqual([]);
    callId = randomUUID() as CallId;
    await atWork('book_appointment', { callerNumber: 'anonymous' });
    expect(await settle(called(), agreed('granted'), ended)).toHaveLength(1);
    expect((await running.all()).filter(({ direction }) => direction === 'outbound')).toEqual([]);
  });

  it('is recorded where a relay of the release before asked for it', async () => {
    await atWork('book_appointment', { opensOutcome: false });
    expect(await settle(called(), agreed('granted'), finished('cancelled'), ended)).toMatchObject([
      { type: 'tool.finished-late', data: { outcome: BOOKED } },
    ]);
  });

  it('is left alone when it was told, in a call that lasts, and when it changed nothing', async () => {
    await atWork();
    expect(await settle(called(), agreed('granted'), finished('ok'), ended)).toEqual([]);
    expect(await settle(called(), agreed('granted'), finished('timed-out'))).toEqual([]);
    callId = randomUUID() as CallId;
    await atWork('lookup_customer');
    expect(await settle(called('lookup_customer'), agreed('granted'), ended)).toEqual([]);
    expect(await running.all()).toEqual([]);
  });

  it('is awaited while it is at work', async () => {
    await worker.pause();
    const work = atWork();
    const events = eventsOf(called(), agreed('granted'), ended);
    await expect(late.find(events)).resolves.toMatchObject({ results: [] });
    for (let tries = 0; tries < 200 && !(await late.find(events)).isAwaiting; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await late.find(events)).isAwaiting).toBe(true);
    void worker.resume();
    await work;
    expect((await late.find(events)).results).toHaveLength(1);
  });
});
