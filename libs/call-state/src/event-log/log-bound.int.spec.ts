import { describe, expect, it, jest } from '@jest/globals';
import { termination, type NewCallEvent } from '@tandem/contracts';
import { RedisCallLog, type AdmissionRecord, type CallLogCounters } from '../index.ts';
import { keys } from '../redis/keys.ts';
import { LOG_LIMITS, VITAL_LIMITS } from './log-bound.ts';
import { someCall } from '../test/some-call.ts';
import { clock, heartbeat, note, redis, relayId, sealer, store, useRedisScene } from '../test/redis-scene.ts';

const LONG_TEXT = 'a'.repeat(20_000);
const LARGEST_REPLY = 2 * 1024 * 1024;

const used: NewCallEvent = {
  type: 'usage.reported',
  data: {
    provider: 'p',
    model: 'm',
    usage: {
      inputTextTokens: 1,
      inputAudioTokens: 0,
      cachedTextTokens: 0,
      cachedAudioTokens: 0,
      outputTextTokens: 0,
      outputAudioTokens: 0,
      transcriptionMs: 0,
    },
  },
};
const ended: NewCallEvent = {
  type: 'call.ended',
  data: { termination: termination('caller-hangup'), atMs: 5 },
};

async function heldCall(): Promise<AdmissionRecord> {
  await heartbeat();
  const call = someCall();
  await store.admit(call, relayId, 'x', 60_000);
  await store.claim(call.callId, relayId, 1, 3_000);
  return call;
}

function openLog(call: AdmissionRecord, epoch = 1, there?: { events: number; bytes: number }) {
  const counters: CallLogCounters = { stored: 0, dropped: 0, failures: 0, refilled: 0 };
  let cuts = 0;
  const log = new RedisCallLog(redis, sealer, clock, counters, {
    callId: call.callId,
    epoch,
    lastSeq: 0,
    onFenced: () => undefined,
    onCut: () => (cuts += 1),
    admittedAt: call.admittedAt,
    ...(there ? { there } : {}),
  });
  return { log, counters, cuts: () => cuts };
}

useRedisScene();

/** Ten thousand long transcripts, as fast as Redis takes them. */
async function flood(log: RedisCallLog): Promise<void> {
  for (let n = 0; n < 10_000; n += 1) {
    log.append(note(LONG_TEXT));
    if (n % 20 === 0) await log.flush(2_000);
  }
}

describe('the log of a call', () => {
  it('spends nothing on events for which there is no room', async () => {
    const call = await heldCall();
    const seal = jest.spyOn(sealer, 'seal');
    const { log, counters } = openLog(call);
    // In one go: nothing of it has been written when the last one comes.
    for (let n = 0; n < 1_000; n += 1) log.append(note(LONG_TEXT));
    // Each one kept is sealed once; besides, the log says once that it is cut.
    expect(seal.mock.calls.length).toBe(1_000 - counters.dropped + 1);
    expect(counters.dropped).toBeGreaterThan(800);
    seal.mockRestore();
    expect(await log.flush(10_000)).toBe('stored');
  });

  it('is bounded; what it cost and its end are in it all the same, and how much is missing', async () => {
    const call = await heldCall();
    const { log, counters, cuts } = openLog(call);
    await flood(log);
    log.append(used);
    log.append(ended);
    expect(await log.flush(2_000)).toBe('stored');
    const { events, bytes, omitted, unreadable } = await store.events(call.callId);
    expect(bytes).toBeLessThan(LOG_LIMITS.bytes + 64 * 1024);
    expect([omitted, unreadable, cuts()]).toEqual([0, 0, 1]);
    const words = events.filter(({ type }) => type === 'caller.spoke').length;
    expect(events.slice(-4).map(({ type, data }) => [type, data])).toEqual([
      ['log.cut', { dropped: 1, atMs: expect.any(Number) }],
      ['usage.reported', used.data],
      ['log.cut', { dropped: 10_000 - words, atMs: expect.any(Number) }],
      ['call.ended', expect.objectContaining({ atMs: 5 })],
    ]);
    expect(events.slice(1).map(({ seq }) => seq)).toEqual(events.slice(1).map((_, index) => index + 1));
    expect(counters).toMatchObject({ dropped: 10_000 - words, failures: 0 });
    expect(log.bytes).toBeLessThan(4 * 1024 * 1024);
  });

  it('goes on counting where an earlier owner has filled it', async () => {
    const call = await heldCall();
    const { log } = openLog(call, 1, LOG_LIMITS);
    log.append(note('one word'));
    log.append(ended);
    await log.flush(2_000);
    expect((await store.events(call.callId)).events.map(({ type }) => type)).toEqual([
      'call.admitted',
      'log.cut',
      'call.ended',
    ]);
  });

  it('takes nothing but the ending beyond the last limit', async () => {
    const call = await heldCall();
    const { log, counters } = openLog(call, 1, VITAL_LIMITS);
    log.append(used);
    log.append(ended);
    await log.flush(2_000);
    expect((await store.events(call.callId)).events.map(({ type }) => type)).toEqual([
      'call.admitted',
      'log.cut',
      'call.ended',
    ]);
    expect(counters.dropped).toBe(1);
  });

  it('keeps the ending while Redis is away for longer than words may wait', async () => {
    const call = await heldCall();
    const { log, counters } = openLog(call);
    // Appended in one turn of the event loop: nothing is sent before it ends.
    for (let n = 0; n < 6_000; n += 1) log.append(note('word'));
    log.append(ended);
    expect(await log.flush(5_000)).toBe('stored');
    const { events } = await store.events(call.callId);
    expect(events.slice(-2).map(({ type, data }) => [type, 'dropped' in data ? data.dropped : null])).toEqual(
      [
        ['log.cut', 1_000],
        ['call.ended', null],
      ],
    );
    expect(counters.dropped).toBe(1_000);
  });

  it('is read in pages; of an unbounded one of an older version, beginning and end', async () => {
    const call = await heldCall();
    const sealed = sealer.seal({ ...note(LONG_TEXT), at: 1 }, `event:${call.callId}`);
    for (let batch = 0; batch < 50; batch += 1) {
      const pipeline = redis.pipeline();
      for (let n = 0; n < 100; n += 1)
        pipeline.xadd(
          keys.callEvents(call.callId),
          '*',
          'e',
          '1',
          's',
          String(batch * 100 + n + 1),
          'p',
          sealed,
        );
      await pipeline.exec();
    }
    await store.appendExternalEvent(call.callId, 'ending', ended);
    const largest = await largestReply(() => store.events(call.callId));
    expect(largest.bytes).toBeLessThan(LARGEST_REPLY);
    const { events, omitted, unreadable } = largest.answer;
    expect(unreadable).toBe(0);
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(['call.admitted', 'call.ended']);
    expect(events.length + omitted).toBe(5_002);
    expect(omitted).toBeGreaterThan(4_000);
  });

  it('takes no facts of others without an end, but for the ending', async () => {
    const call = await heldCall();
    await redis.eval(
      `for n = 1, ${VITAL_LIMITS.events + 500} do redis.call('XADD', KEYS[1], '*', 'e', '0', 's', '0', ` +
        `'p', 'x') end`,
      1,
      keys.callEvents(call.callId),
    );
    expect(
      await store.appendExternalEvent(call.callId, 'one', { type: 'stream.failed', data: { code: '1' } }),
    ).toBe('full');
    expect(await store.appendExternalEvent(call.callId, 'ending', ended)).toBe('stored');
  });
});

/** The largest reply of XRANGE and XREVRANGE during some work, in bytes. */
async function largestReply<Answer>(work: () => Promise<Answer>): Promise<{ answer: Answer; bytes: number }> {
  let bytes = 0;
  const weigh = (reply: readonly [string, string[]][]): void => {
    bytes = Math.max(
      bytes,
      reply.reduce((sum, [, fields]) => sum + fields.reduce((size, field) => size + field.length, 0), 0),
    );
  };
  const { xrange, xrevrange } = redis;
  redis.xrange = async (...args: unknown[]) => {
    const reply = await (xrange as (...given: unknown[]) => Promise<[string, string[]][]>).apply(redis, args);
    weigh(reply);
    return reply;
  };
  redis.xrevrange = async (...args: unknown[]) => {
    const reply = await (xrevrange as (...given: unknown[]) => Promise<[string, string[]][]>).apply(
      redis,
      args,
    );
    weigh(reply);
    return reply;
  };
  try {
    return { answer: await work(), bytes };
  } finally {
    Object.assign(redis, { xrange, xrevrange });
  }
}
