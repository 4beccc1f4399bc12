import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { termination, type NewCallEvent, type CallId, type RelayId } from '@tandem/contracts';
import { RelayInboxReader, RelayInboxWriter, connectRedis, type RelayMessage } from '../index.ts';
import {
  first,
  second,
  number,
  SUMMARY,
  url,
  redis,
  sealer,
  store,
  moves,
  registry,
  beat,
  asked,
  logOf,
  append,
  leaseMs,
  answer,
  offer,
  heldCall,
  useHandoverScene,
} from '../test/handover-scene.ts';
import { someCall } from '../test/some-call.ts';

useHandoverScene();

describe('a call without a relay', () => {
  it('is offered once per lost stream, and every repeat gets the same answer', async () => {
    const callId = await heldCall();
    const offers = await Promise.all(Array.from({ length: 10 }, (_, n) => offer(callId, `relay-2 ${n}`)));
    expect(offers.filter(({ outcome }) => outcome === 'offered')).toHaveLength(1);
    expect(new Set(offers.flatMap((made) => (made.outcome === 'repeat' ? [made.answer] : []))).size).toBe(1);
    expect(await store.state(callId)).toMatchObject({ epoch: 1, lastOfferedEpoch: 2, relayId: first });
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
    expect(await store.state(callId)).toMatchObject({ phase: 'connected', epoch: 2, relayId: second });
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
      expect(await store.state(callId)).toMatchObject({ phase: 'connected' });
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
    expect(await store.state(callId)).toMatchObject({ phase: 'ended', endReason: 'caller-hangup' });
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

  it('is given up at the fourth loss in a minute; a failed transfer is no loss', async () => {
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
      expect(await store.lostCalls(10)).toEqual([]);
      await store.appendExternalEvent(callId, 'status-3', {
        type: 'carrier.reported',
        data: { status: 'completed', sequence: 3 },
      });
      expect(await store.state(callId)).toMatchObject({ hasCallerLeft: true, phase: 'connected' });
      expect(await leaseMs(callId)).toBeLessThan(-4_000);
      await beat(first, [callId]);
      expect(await leaseMs(callId)).toBeGreaterThan(1_000);
      await redis.zadd('tandem:calls:live', Date.now() - 17_000, callId);
      expect(await store.lostCalls(10)).toEqual([callId]);
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
