import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  termination,
  type NewCallEvent,
  type CallId,
  type RelayId,
  type ToolCallId,
} from '@tandem/contracts';
import {
  CallStore,
  connectRedis,
  RedisCallLog,
  RelayInboxReader,
  RelayInboxWriter,
  Sealer,
  type AdmissionRecord,
  type CallLogCounters,
  type RelayMessage,
} from '../index.ts';
import { CALLER_NUMBER, someCall } from '../test/some-call.ts';
import {
  clock,
  heartbeat,
  note,
  redis,
  registry,
  relayId,
  sealer,
  store,
  url,
  useRedisScene,
} from '../test/redis-scene.ts';

const key = (seed: number) => ({ keyId: `k${seed}`, key: new Uint8Array(32).fill(seed) });
const openLog = (call: AdmissionRecord, epoch: number, lastSeq = 0, onFenced = () => undefined) => {
  const counters: CallLogCounters = { stored: 0, dropped: 0, failures: 0, refilled: 0 };
  return {
    log: new RedisCallLog(redis, sealer, clock, counters, { callId: call.callId, epoch, lastSeq, onFenced }),
    counters,
  };
};

useRedisScene();

describe('admission', () => {
  it('happens once for parallel requests, and every repeat gets the first answer', async () => {
    await heartbeat();
    const call = someCall();
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        store.admit({ ...call, callId: randomUUID() as CallId }, relayId, `answer ${n}`, 60_000),
      ),
    );
    const repeats = asked
      .filter((admission) => admission.outcome === 'repeat')
      .map((admission) => admission.answer);
    expect(repeats).toHaveLength(19);
    expect(new Set(repeats)).toEqual(new Set([await store.earlierReply(call.carrierCallId)]));
    expect((await registry.listRelays())[0]?.reserved).toBe(1);
    expect(await redis.keys('tandem:call:*:events')).toHaveLength(1);
  });

  it('does not go over a relay’s capacity, however many come at once', async () => {
    await heartbeat({ active: 1 });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => store.admit(someCall(), relayId, 'x', 60_000)),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'new')).toHaveLength(2);
    expect(outcomes.filter(({ outcome }) => outcome === 'full')).toHaveLength(8);
  });

  it('goes to no relay that drains or whose lease has ended', async () => {
    await heartbeat({ isDraining: true });
    expect(await store.admit(someCall(), relayId, 'x', 60_000)).toEqual({ outcome: 'gone' });
    await registry.release(relayId);
    expect(await store.admit(someCall(), relayId, 'x', 60_000)).toEqual({ outcome: 'gone' });
    expect(await registry.listRelays()).toEqual([]);
  });

  it('keeps the first of two refusals', async () => {
    expect(await store.keepReply('CA1', 'closed')).toBe('closed');
    expect(await store.keepReply('CA1', 'busy')).toBe('closed');
    expect(await store.findByCarrierId('CA1')).toBeNull();
  });

  it('leaves no personal data readable', async () => {
    await heartbeat();
    const call = someCall();
    await store.admit(call, relayId, 'answer', 60_000);
    const { log } = openLog(call, 1);
    await store.claim(call.callId, relayId, 1, 3_000);
    log.append(note('my secret'));
    await log.flush(2_000);
    await new RelayInboxWriter(redis, sealer).toolResult(relayId, call.callId, 'tc_1' as ToolCallId, {
      status: 'ok',
      value: { name: 'Alex Morgan' },
    });
    const dump: string[] = [];
    for (const name of await redis.keys('*')) {
      const type = await redis.type(name);
      dump.push(
        name,
        JSON.stringify(
          type === 'hash'
            ? await redis.hgetall(name)
            : type === 'stream'
              ? await redis.xrange(name, '-', '+')
              : type === 'zset'
                ? await redis.zrange(name, 0, -1)
                : await redis.get(name),
        ),
      );
    }
    const everything = dump.join('\n');
    for (const secret of [CALLER_NUMBER, '2025550123', 'my secret', 'Alex Morgan'])
      expect(everything).not.toContain(secret);
    expect(everything).toContain(call.callId);
  });
});

describe('a claim', () => {
  it('brings the record, is good once, and frees the reservation', async () => {
    await heartbeat();
    const call = someCall();
    await store.admit(call, relayId, 'x', 60_000);
    expect(await store.claim(call.callId, relayId, 1, 3_000)).toEqual({
      outcome: 'claimed',
      record: call,
      lastSeq: 0,
    });
    expect(await store.claim(call.callId, relayId, 1, 3_000)).toEqual({ outcome: 'used' });
    expect((await registry.listRelays())[0]?.reserved).toBe(0);
    expect(await store.state(call.callId)).toMatchObject({ phase: 'connected', epoch: 1, relayId });
  });

  it('by a thousand replays at once is given to one', async () => {
    await heartbeat();
    const call = someCall();
    await store.admit(call, relayId, 'x', 60_000);
    const claims = await Promise.all(
      Array.from({ length: 1_000 }, () => store.claim(call.callId, relayId, 1, 3_000)),
    );
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
  });

  it('of a newer epoch takes the call over, and the older one comes too late', async () => {
    await heartbeat();
    const call = someCall();
    await store.admit(call, relayId, 'x', 60_000);
    expect((await store.claim(call.callId, relayId, 2, 3_000)).outcome).toBe('claimed');
    expect((await store.claim(call.callId, relayId, 1, 3_000)).outcome).toBe('used');
  });

  it('of an ended or unknown call is refused', async () => {
    await heartbeat();
    const call = someCall();
    expect(await store.claim(call.callId, relayId, 1, 3_000)).toEqual({ outcome: 'unknown' });
    await store.admit(call, relayId, 'x', 60_000);
    await store.end(call.callId, (await store.state(call.callId))!, 'never-connected');
    expect(await store.claim(call.callId, relayId, 1, 3_000)).toEqual({ outcome: 'ended' });
  });
});

describe('the event log', () => {
  const admitted = async () => {
    await heartbeat();
    const call = someCall();
    await store.admit(call, relayId, 'x', 60_000);
    await store.claim(call.callId, relayId, 1, 3_000);
    return call;
  };

  it('keeps every event in order, numbered without gaps', async () => {
    const call = await admitted();
    const { log, counters } = openLog(call, 1);
    for (let n = 0; n < 500; n += 1) log.append(note(`utterance ${n}`));
    expect(await log.flush(5_000)).toBe('stored');
    const { events, unreadable } = await store.events(call.callId);
    expect(unreadable).toBe(0);
    expect(events.slice(1).map(({ seq }) => seq)).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
    expect(events[0]).toMatchObject({
      type: 'call.admitted',
      epoch: 0,
      data: { from: CALLER_NUMBER, agentName: 'Sarah' },
    });
    expect(counters).toEqual({ stored: 500, dropped: 0, failures: 0, refilled: 0 });
  });

  it('takes nothing from an owner that has been replaced, and tells it', async () => {
    const call = await admitted();
    let fenced = 0;
    const { log: old } = openLog(call, 1, 0, () => void (fenced += 1));
    old.append(note('before'));
    await old.flush(2_000);
    const claim = await store.claim(call.callId, 'relay-2' as RelayId, 2, 3_000);
    const { log: now } = openLog(call, 2, claim.outcome === 'claimed' ? claim.lastSeq : -1);
    old.append(note('stale'));
    now.append(note('after'));
    await Promise.all([old.flush(2_000), now.flush(2_000)]);
    old.append(note('stale too'));
    const { events } = await store.events(call.callId);
    expect(
      events.slice(1).map(({ seq, epoch, data }) => [seq, epoch, (data as { text: string }).text]),
    ).toEqual([
      [1, 1, 'before'],
      [2, 2, 'after'],
    ]);
    expect(fenced).toBe(1);
  });

  it('is marked as ended by its ending, and takes no second one', async () => {
    const call = await admitted();
    const { log } = openLog(call, 1);
    log.append({ type: 'call.ended', data: { termination: termination('agent-goodbye'), atMs: 5 } });
    await log.flush(2_000);
    const state = (await store.state(call.callId))!;
    expect(state).toMatchObject({ phase: 'ended', endReason: 'agent-goodbye' });
    expect(await store.end(call.callId, state, 'relay-lost')).toBe(false);
  });

  it('takes each fact from outside once', async () => {
    const call = await admitted();
    const report: NewCallEvent = { type: 'carrier.reported', data: { status: 'completed', sequence: 3 } };
    const taken = await Promise.all(
      Array.from({ length: 10 }, () => store.appendExternalEvent(call.callId, 'status-3', report)),
    );
    expect(taken.filter((outcome) => outcome === 'stored')).toHaveLength(1);
    expect(
      (await store.events(call.callId)).events.filter(({ type }) => type === 'carrier.reported'),
    ).toHaveLength(1);
  });

  it('keeps what is appended while Redis is away, and stores it when it is back', async () => {
    const call = await admitted();
    const away = connectRedis(url, 'command');
    const counters: CallLogCounters = { stored: 0, dropped: 0, failures: 0, refilled: 0 };
    const log = new RedisCallLog(away, sealer, clock, counters, {
      callId: call.callId,
      epoch: 1,
      lastSeq: 0,
      onFenced: () => undefined,
    });
    await away.ping();
    away.disconnect();
    log.append(note('one'));
    expect(await log.flush(300)).toBe('timed-out');
    expect(counters.failures).toBeGreaterThan(0);
    log.append(note('two'));
    await away.connect();
    expect(await log.flush(5_000)).toBe('stored');
    expect(
      (await store.events(call.callId)).events.slice(1).map(({ data }) => (data as { text: string }).text),
    ).toEqual(['one', 'two']);
    away.disconnect();
  });

  it('holds no card number, whichever process writes it', async () => {
    const call = await admitted();
    const { log } = openLog(call, 1);
    log.append(note('My card is 4111 1111 1111 1111'));
    await log.flush(2_000);
    await store.appendExternalEvent(call.callId, 'last-resort', {
      type: 'transfer.asked',
      data: { department: 'sales', mode: 'cold', summary: 'pays with 4111111111111111', atMs: 1 },
    });
    const { events } = await store.events(call.callId);
    expect(events.slice(1).map(({ data }) => data)).toEqual([
      expect.objectContaining({ text: 'My card is [card number]' }),
      expect.objectContaining({ summary: 'pays with [card number]' }),
    ]);
  });

  it('can be read after the secret was rotated, not with another one', async () => {
    const call = await admitted();
    expect(
      (await new CallStore(redis, new Sealer([key(2), key(1)])).events(call.callId)).events,
    ).toHaveLength(1);
    expect(await new CallStore(redis, new Sealer([key(2)])).events(call.callId)).toMatchObject({
      events: [],
      unreadable: 1,
    });
  });
});

describe('a relay’s inbox', () => {
  it('brings tool results to their reader, and survives nonsense', async () => {
    const got: RelayMessage[] = [];
    const writer = new RelayInboxWriter(redis, sealer);
    const callId = randomUUID() as CallId;
    await writer.toolResult(relayId, callId, 'tc_earlier' as ToolCallId, { status: 'timed-out' });
    const reader = new RelayInboxReader(connectRedis(url, 'blocking'), sealer, relayId, (message) =>
      got.push(message),
    );
    await reader.start();
    await redis.xadd('tandem:relay:relay-1:inbox', '*', 'p', 'nonsense');
    await writer.toolResult(relayId, callId, 'tc_now' as ToolCallId, { status: 'ok', value: 42 });
    while (got.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(got).toEqual([
      { kind: 'tool-result', callId, toolCallId: 'tc_now', outcome: { status: 'ok', value: 42 } },
    ]);
    expect(reader.unreadable).toBe(1);
    await reader.stop();
  });
});
