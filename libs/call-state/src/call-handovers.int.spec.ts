import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { termination, type NewCallEvent, type CallId, type RelayId } from '@tandem/contracts';
import { RealClock } from '@tandem/conversation';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import {
  CallHandovers,
  CallStore,
  connectRedis,
  RedisCallLog,
  RelayInboxReader,
  RelayInboxWriter,
  RelayRegistry,
  Sealer,
  type HandoverReply,
  type RelayMessage,
} from './index.ts';
import { someCall } from './test/some-call.ts';

const first = 'relay-1' as RelayId;
const second = 'relay-2' as RelayId;
const number = '+12025550171';
const SUMMARY = 'Alex Morgan wants a boiler.';
const LOSSES = { most: 3, withinMs: 60_000 };

let url: string;
let redis: Redis;
let sealer: Sealer;
let store: CallStore;
let moves: CallHandovers;
let registry: RelayRegistry;
const clock = new RealClock((error) => {
  throw error;
});

const beat = (relayId: RelayId, calls: CallId[] = [], changes: object = {}) =>
  registry.renew(
    {
      relayId,
      address: `ws://${relayId}`,
      capacity: 3,
      active: 0,
      isDraining: false,
      isOverloaded: false,
      ...changes,
    },
    calls.map((callId) => ({ callId, epoch: 1, isHeld: true })),
  );
const asked: NewCallEvent = {
  type: 'transfer.asked',
  data: { department: 'support', mode: 'warm', summary: SUMMARY, atMs: 5_000 },
};
const ended = (outcome: 'bridged' | 'busy'): NewCallEvent => ({
  type: 'transfer.ended',
  data: { department: 'support', outcome, atMs: 9_000 },
});
const logOf = (callId: CallId, epoch: number, lastSeq = 0) =>
  new RedisCallLog(
    redis,
    sealer,
    clock,
    { stored: 0, dropped: 0, failures: 0, refilled: 0 },
    { callId, epoch, lastSeq, onFenced: () => undefined },
  );
const append = async (callId: CallId, epoch: number, ...facts: NewCallEvent[]) => {
  const log = logOf(callId, epoch);
  for (const fact of facts) log.append(fact);
  await log.flush(2_000);
};
const leaseMs = async (callId: CallId) =>
  Number(await redis.zscore('tandem:calls:live', callId)) - Date.now();
const answer = (
  callId: CallId,
  text: string,
  epoch = 1,
  question: HandoverReply['question'] = 'stream-ended',
): HandoverReply => ({ callId, epoch, question, answer: text });
const offer = (
  callId: CallId,
  text: string,
  {
    epoch = 1,
    nextEpoch = 2,
    to = second,
    losses = LOSSES,
  }: { epoch?: number; nextEpoch?: number; to?: RelayId; losses?: typeof LOSSES | null } = {},
) =>
  moves.offer(
    answer(callId, text, epoch),
    { relayId: to, nextEpoch, reserveMs: 30_000 },
    losses ?? undefined,
  );

async function heldCall(): Promise<CallId> {
  await Promise.all([beat(first), beat(second)]);
  const record = someCall();
  await store.admit(record, first, 'x', 60_000);
  await store.claim(record.callId, first, 1, 3_000);
  return record.callId;
}

beforeAll(async () => {
  url = await testRedisUrl();
  redis = connectRedis(url, 'command');
  sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);
  store = new CallStore(redis, sealer, {
    connectedForMs: Number.POSITIVE_INFINITY,
    disconnected: () => undefined,
  });
  moves = new CallHandovers(redis, sealer);
  registry = new RelayRegistry(redis);
});
beforeEach(() => redis.flushdb());
afterAll(() => redis.disconnect());

describe('a transfer that is asked for', () => {
  it('is on record in the step that logs it, and the call waits for the carrier although nobody holds it', async () => {
    const callId = await heldCall();
    await append(callId, 1, asked, { type: 'stream.detached', data: { reason: 'transfer' } });
    expect(await store.state(callId)).toMatchObject({
      state: 'transferring',
      epoch: 1,
      isAccepted: false,
    });
    expect(await moves.pendingTransfer(callId)).toEqual(asked.data);
    expect(await leaseMs(callId)).toBeGreaterThan(50_000);
    await beat(first, [callId]);
    expect(await leaseMs(callId)).toBeGreaterThan(50_000);
  });

  it('by an owner that has been replaced is not', async () => {
    const callId = await heldCall();
    await store.claim(callId, second, 2, 3_000);
    await append(callId, 1, asked);
    expect(await store.state(callId)).toMatchObject({ state: 'connected', relayId: second });
    expect(await moves.pendingTransfer(callId)).toBeNull();
  });

  it('and taken back in the same breath leaves the call with its relay', async () => {
    const callId = await heldCall();
    await append(callId, 1, asked, ended('busy'));
    expect(await store.state(callId)).toMatchObject({ state: 'connected' });
    expect(await moves.pendingTransfer(callId)).toBeNull();
  });

  it('for a call that has ended changes nothing', async () => {
    const callId = await heldCall();
    await append(
      callId,
      1,
      { type: 'call.ended', data: { termination: termination('caller-hangup'), atMs: 1 } },
      asked,
    );
    expect(await store.state(callId)).toMatchObject({ state: 'ended', endReason: 'caller-hangup' });
    expect((await moves.dial(answer(callId, 'dial'), false, 60_000)).outcome).toBe('not-asked');
  });

  it('is dialled for with one answer, however often the carrier asks at the same time', async () => {
    const callId = await heldCall();
    await append(callId, 1, asked);
    const dialled = await Promise.all(
      Array.from({ length: 10 }, (_, n) => moves.dial(answer(callId, `dial ${n}`), false, 3_600_000)),
    );
    expect(dialled.filter(({ outcome }) => outcome === 'dialled')).toHaveLength(1);
    const repeats = dialled.flatMap((dial) => (dial.outcome === 'repeat' ? [dial.answer] : []));
    expect(new Set(repeats)).toEqual(new Set([await moves.earlierReply(callId, 1, 'stream-ended')]));
    expect(repeats).toHaveLength(9);
    expect(await leaseMs(callId)).toBeGreaterThan(3_500_000);
  });

  it('is taken by the person who was asked for it, while it lasts', async () => {
    const callId = await heldCall();
    expect(await moves.accept(callId, 1)).toBe(false);
    await append(callId, 1, asked);
    expect(await moves.accept(callId, 1)).toBe(false);
    await moves.dial(answer(callId, 'dial'), false, 60_000);
    expect(await moves.accept(callId, 2)).toBe(false);
    expect(await moves.accept(callId, 1)).toBe(true);
    expect((await store.state(callId))?.isAccepted).toBe(true);
    await store.appendExternalEvent(callId, 'transfer-ended-1', ended('busy'));
    expect(await moves.accept(callId, 1)).toBe(false);
    expect(await store.state(callId)).toMatchObject({ state: 'connected', isAccepted: false });
  });

  it('nobody took is over once, and the call may be offered again', async () => {
    const callId = await heldCall();
    await append(callId, 1, asked);
    await moves.dial(answer(callId, 'dial'), false, 60_000);
    expect((await offer(callId, 'back')).outcome).toBe('repeat');
    expect(
      await Promise.all(
        [1, 2, 3].map(() => store.appendExternalEvent(callId, 'transfer-ended-1', ended('busy'))),
      ),
    ).toEqual(['stored', 'repeat', 'repeat']);
    expect(
      (
        await moves.offer(answer(callId, 'back', 1, 'transfer-ended'), {
          relayId: first,
          nextEpoch: 2,
          reserveMs: 30_000,
        })
      ).outcome,
    ).toBe('offered');
    const claim = await store.claim(callId, first, 2, 3_000);
    expect(claim).toMatchObject({ outcome: 'claimed', lastSeq: 1 });
  });

  it('that was bridged stays one until the call has ended', async () => {
    const callId = await heldCall();
    await append(callId, 1, asked);
    await moves.dial(answer(callId, 'dial'), true, 60_000);
    await store.appendExternalEvent(callId, 'transfer-ended-1', ended('bridged'));
    expect(await store.state(callId)).toMatchObject({ state: 'transferring', isAccepted: true });
    expect(await store.end(callId, (await store.state(callId))!, 'transferred')).toBe(true);
    expect(await store.state(callId)).toMatchObject({ state: 'ended', endReason: 'transferred' });
  });
});

describe('a call without a relay', () => {
  it('is offered once per lost stream, and every repeat gets the same answer', async () => {
    const callId = await heldCall();
    const offers = await Promise.all(Array.from({ length: 10 }, (_, n) => offer(callId, `relay-2 ${n}`)));
    expect(offers.filter(({ outcome }) => outcome === 'offered')).toHaveLength(1);
    expect(new Set(offers.flatMap((made) => (made.outcome === 'repeat' ? [made.answer] : []))).size).toBe(1);
    expect(await store.state(callId)).toMatchObject({ epoch: 1, minted: 2, relayId: first });
    expect((await registry.listRelays()).map(({ relayId, reserved }) => `${relayId} ${reserved}`)).toEqual([
      'relay-1 0',
      'relay-2 1',
    ]);
  });

  it('goes on with its events where they stopped, and the lost owner is fenced out', async () => {
    const callId = await heldCall();
    const old = logOf(callId, 1);
    old.append({ type: 'digit.pressed', data: { digit: '1', atMs: 1 } });
    await old.flush(2_000);
    await offer(callId, 'relay-2');
    const claim = await store.claim(callId, second, 2, 3_000);
    old.append({ type: 'call.ended', data: { termination: termination('stream-lost'), atMs: 2 } });
    const now = logOf(callId, 2, claim.outcome === 'claimed' ? claim.lastSeq : -1);
    now.append({ type: 'digit.pressed', data: { digit: '2', atMs: 3 } });
    await Promise.all([old.flush(2_000), now.flush(2_000)]);
    expect((await store.events(callId)).events.slice(1).map(({ seq, epoch }) => [seq, epoch])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(await store.state(callId)).toMatchObject({ state: 'connected', epoch: 2, relayId: second });
  });

  it('is not the old relay’s any more once it is offered, though nobody has claimed it yet', async () => {
    const callId = await heldCall();
    expect(await beat(first, [callId])).toEqual([{ kind: 'stored', lastSeq: 0 }]);
    await offer(callId, 'relay-2');
    expect(await beat(first, [callId])).toEqual([{ kind: 'superseded' }]);
    expect(await store.claim(callId, second, 2, 3_000)).toMatchObject({ outcome: 'claimed' });
  });

  it(
    'is not ended by its old relay, to which a stream closed for another relay looks like a caller who ' +
      'hung up',
    async () => {
      const callId = await heldCall();
      const hungUp: NewCallEvent = {
        type: 'call.ended',
        data: { termination: termination('caller-hangup'), atMs: 2 },
      };
      await offer(callId, 'relay-2');
      await append(callId, 1, { type: 'digit.pressed', data: { digit: '1', atMs: 1 } }, hungUp);
      expect(await store.state(callId)).toMatchObject({ state: 'connected' });
      expect((await store.events(callId)).events.map(({ type }) => type)).not.toContain('call.ended');
      expect(await store.claim(callId, second, 2, 3_000)).toMatchObject({ outcome: 'claimed', lastSeq: 1 });
    },
  );

  it('is ended by its old relay once the carrier has reported that the caller is gone', async () => {
    const callId = await heldCall();
    await offer(callId, 'relay-2');
    await store.appendExternalEvent(callId, 'left', {
      type: 'carrier.reported',
      data: { status: 'completed', sequence: 3 },
    });
    await append(callId, 1, {
      type: 'call.ended',
      data: { termination: termination('caller-hangup'), atMs: 2 },
    });
    expect(await store.state(callId)).toMatchObject({ state: 'ended', endReason: 'caller-hangup' });
  });

  it('is not offered under an epoch that has been offered, nor to a relay that cannot take it', async () => {
    const callId = await heldCall();
    expect((await offer(callId, 'x', { nextEpoch: 3 })).outcome).toBe('moved');
    await beat(second, [], { isDraining: true });
    expect((await offer(callId, 'x')).outcome).toBe('gone');
    await beat(second, [], { active: 3 });
    expect((await offer(callId, 'x')).outcome).toBe('full');
    expect((await offer(callId, 'x', { to: 'relay-9' as RelayId })).outcome).toBe('gone');
    expect(await moves.earlierReply(callId, 1, 'stream-ended')).toBeNull();
  });

  it('is given up when it is lost for the fourth time in a minute; coming back from a person does not count', async () => {
    const callId = await heldCall();
    for (const epoch of [1, 2, 3])
      expect((await offer(callId, 'x', { epoch, nextEpoch: epoch + 1 })).outcome).toBe('offered');
    expect((await offer(callId, 'x', { epoch: 4, nextEpoch: 5 })).outcome).toBe('exhausted');
    expect((await offer(callId, 'x', { epoch: 4, nextEpoch: 5, losses: null })).outcome).toBe('offered');
    expect((await offer(callId, 'x', { epoch: 5, nextEpoch: 6 })).outcome).toBe('exhausted');
    expect(
      (await offer(callId, 'x', { epoch: 5, nextEpoch: 6, losses: { most: 3, withinMs: -1 } })).outcome,
    ).toBe('offered');
  });

  it('that has ended is not offered', async () => {
    const callId = await heldCall();
    await store.end(callId, (await store.state(callId))!, 'stream-lost');
    expect((await offer(callId, 'x')).outcome).toBe('ended');
    expect((await offer(randomUUID() as CallId, 'x')).outcome).toBe('unknown');
  });

  it('gives back the room kept for it when it ends before a relay has it', async () => {
    const reserved = async () => (await registry.listRelays()).map((relay) => relay.reserved);
    const record = someCall();
    await beat(first);
    await store.admit(record, first, 'x', 60_000);
    expect(await reserved()).toEqual([1]);
    await store.end(record.callId, (await store.state(record.callId))!, 'never-connected');
    expect(await reserved()).toEqual([0]);
  });

  it('is not offered once its caller is known to be gone, so that it is closed soon', async () => {
    const callId = await heldCall();
    await store.appendExternalEvent(callId, 'status-3', {
      type: 'carrier.reported',
      data: { status: 'completed', sequence: 3 },
    });
    expect((await offer(callId, 'x')).outcome).toBe('left');
    expect(await leaseMs(callId)).toBeLessThan(3_100);
    expect(await moves.earlierReply(callId, 1, 'stream-ended')).toBeNull();
  });

  it(
    'is closed only when nobody has taken it over for a while, sooner when the carrier has no caller any ' +
      'more',
    async () => {
      const callId = await heldCall();
      await redis.zadd('tandem:calls:live', Date.now() - 5_000, callId);
      expect(await store.lapsedCalls(10)).toEqual([]);
      await store.appendExternalEvent(callId, 'status-3', {
        type: 'carrier.reported',
        data: { status: 'completed', sequence: 3 },
      });
      expect(await store.state(callId)).toMatchObject({ hasCallerLeft: true, state: 'connected' });
      expect(await leaseMs(callId)).toBeLessThan(-4_000);
      await beat(first, [callId]);
      expect(await leaseMs(callId)).toBeGreaterThan(1_000);
      await redis.zadd('tandem:calls:live', Date.now() - 17_000, callId);
      expect(await store.lapsedCalls(10)).toEqual([callId]);
    },
  );
});

describe('between the owners of a call', () => {
  it('no personal data is readable in Redis', async () => {
    const callId = await heldCall();
    await append(callId, 1, asked);
    await moves.dial(answer(callId, `<Number>${number}</Number>`), false, 60_000);
    await new RelayInboxWriter(redis, sealer).command(first, {
      kind: 'transfer',
      callId,
      department: 'support',
      summary: SUMMARY,
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
              : await redis.zrange(name, 0, -1),
        ),
      );
    }
    for (const secret of [number, 'Alex Morgan', 'boiler']) expect(dump.join('\n')).not.toContain(secret);
    expect(dump.join('\n')).toContain(callId);
  });

  it('an operator’s commands reach the relay that holds it', async () => {
    const callId = await heldCall();
    const got: RelayMessage[] = [];
    const reader = new RelayInboxReader(connectRedis(url, 'blocking'), sealer, first, (message) =>
      got.push(message),
    );
    await reader.start();
    const writer = new RelayInboxWriter(redis, sealer);
    await writer.command(first, { kind: 'transfer', callId, department: 'support', summary: '' });
    await writer.command(second, { kind: 'end', callId });
    await writer.command(first, { kind: 'end', callId });
    while (got.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(got).toEqual([
      { kind: 'transfer', callId, department: 'support', summary: '' },
      { kind: 'end', callId },
    ]);
    await reader.stop();
  });
});
