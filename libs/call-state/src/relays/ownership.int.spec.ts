import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CallId, RelayId } from '@tandem/contracts';
import { CallHandovers, CallStore, RedisCallLog, type CallLogCounters } from '../index.ts';
import { someCall } from '../test/some-call.ts';
import { clock, heartbeat, note, redis, relayId, sealer, store, useRedisScene } from '../test/redis-scene.ts';

useRedisScene();

let moves: CallHandovers;
beforeAll(() => {
  moves = new CallHandovers(redis, sealer);
});

describe('leases', () => {
  it('of calls are renewed with their relay’s, and lapse with it', async () => {
    await heartbeat();
    const call = someCall();
    await store.admit(call, relayId, 'x', 60_000);
    await store.claim(call.callId, relayId, 1, -17_000);
    expect(await store.lostCalls(10)).toEqual([call.callId]);
    await store.defer(call.callId, 30_000);
    expect(await store.lostCalls(10)).toEqual([]);
    await store.defer(call.callId, -2_000);
    expect(await store.lostCalls(10)).toEqual([call.callId]);
    await heartbeat({}, [call.callId]);
    expect(await store.lostCalls(10)).toEqual([]);
    await store.end(call.callId, (await store.state(call.callId))!, 'relay-lost');
    await store.release(call.callId);
    await heartbeat({}, [call.callId]);
    expect(await redis.zcard('tandem:calls:live')).toBe(0);
  });

  it('are not taken for over right after Redis was away: their owners could not renew them', async () => {
    await heartbeat();
    const call = someCall();
    await store.admit(call, relayId, 'x', 60_000);
    await store.claim(call.callId, relayId, 1, -17_000);
    const fresh = new CallStore(redis, sealer);
    expect(await fresh.lostCalls(10)).toEqual([]);
    expect(await store.lostCalls(10)).toEqual([call.callId]);
    await store.claim(call.callId, relayId, 2, -1_000);
    expect(await fresh.silentCalls(500, 10_000, 10)).toEqual([]);
    expect(await fresh.silentCalls(500, 0, 10)).toEqual([call.callId]);
    expect(await fresh.silentCalls(2_000, 0, 10)).toEqual([]);
  });

  it('tell a relay what it does not own any more, and what Redis has lost', async () => {
    await heartbeat();
    const [held, moved, lost] = [someCall(), someCall(), someCall()];
    for (const call of [held, moved]) {
      await store.admit(call, relayId, 'x', 60_000);
      await store.claim(call.callId, relayId, 1, 3_000);
    }
    await store.claim(moved.callId, 'relay-2' as RelayId, 2, -17_000);
    expect(await heartbeat({}, [held.callId, moved.callId, lost.callId])).toEqual([
      { kind: 'stored', lastSeq: 0 },
      { kind: 'superseded' },
      { kind: 'unknown' },
    ]);
    expect(await store.lostCalls(10)).toEqual([moved.callId]);
    await store.persisted(held.callId);
    expect(await heartbeat({}, [held.callId])).toEqual([{ kind: 'persisted' }]);
    expect(await heartbeat({}, [held.callId, moved.callId], 3)).toEqual([
      { kind: 'persisted' },
      { kind: 'unknown' },
    ]);
  });
});

describe('a rescue', () => {
  const LIMITS = { overForMs: 500, othersWaitMs: 60_000, mostAttempts: 3 };
  const BRIEF = { ...LIMITS, othersWaitMs: 50 };
  const offerTo2 = async (callId: CallId) => {
    await heartbeat({ relayId: 'relay-2' as RelayId });
    const { outcome } = await moves.offer(
      { callId, epoch: 1, question: 'stream-ended', answer: 'to relay 2' },
      { relayId: 'relay-2' as RelayId, nextEpoch: 2, reserveMs: 60_000 },
    );
    expect(outcome).toBe('offered');
  };
  const silent = async () => {
    await heartbeat();
    const call = someCall();
    await store.admit(call, relayId, 'x', 60_000);
    await store.claim(call.callId, relayId, 1, -1_000);
    return call;
  };

  it('is taken by one of many, and by the next when nothing came of it', async () => {
    const { callId } = await silent();
    const taken = await Promise.all(Array.from({ length: 10 }, () => moves.claimRescue(callId, BRIEF)));
    expect(taken.filter((claim) => claim !== null)).toEqual([{ epoch: 1, attempt: 1 }]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await moves.unfinishedRescues(10)).toEqual([callId]);
    expect(await moves.claimRescue(callId, LIMITS)).toEqual({ epoch: 1, attempt: 2 });
  });

  it('that did not reach the carrier is tried again after the offer, a limited number of times', async () => {
    const { callId } = await silent();
    expect(await moves.claimRescue(callId, LIMITS)).toEqual({ epoch: 1, attempt: 1 });
    await offerTo2(callId);
    for (const attempt of [2, 3]) {
      expect(await moves.claimRescue(callId, LIMITS)).toBeNull();
      await moves.putOffRescue(callId, -1);
      expect(await moves.unfinishedRescues(10)).toEqual([callId]);
      expect(await moves.claimRescue(callId, LIMITS)).toEqual({ epoch: 1, attempt });
    }
    await moves.putOffRescue(callId, -1);
    expect(await moves.claimRescue(callId, LIMITS)).toBeNull();
    expect(await moves.unfinishedRescues(10)).toEqual([]);
  });

  it('is tried again also where the call should go to a person, or end with an apology', async () => {
    const asked = await silent();
    const over = await silent();
    for (const { callId } of [asked, over]) await moves.claimRescue(callId, LIMITS);
    await store.appendExternalEvent(asked.callId, 'last-resort', {
      type: 'transfer.asked',
      data: { department: 'support', mode: 'cold', summary: '', atMs: 1 },
    });
    await store.end(over.callId, (await store.state(over.callId))!, 'stream-lost');
    for (const { callId } of [asked, over]) {
      await moves.putOffRescue(callId, -1);
      expect(await moves.claimRescue(callId, LIMITS)).toEqual({ epoch: 1, attempt: 2 });
    }
  });

  it('is over when the carrier knows, the next relay has the call, or the old one is back', async () => {
    const known = await silent();
    const taken = await silent();
    const renewed = await silent();
    const left = await silent();
    const all = [known, taken, renewed, left];
    for (const { callId } of all) await moves.claimRescue(callId, LIMITS);
    for (const { callId } of [known, taken, left]) await offerTo2(callId);
    await moves.endRescue(known.callId);
    await store.claim(taken.callId, 'relay-2' as RelayId, 2, 3_000);
    await heartbeat({}, [renewed.callId]);
    await store.appendExternalEvent(left.callId, 'left', {
      type: 'carrier.reported',
      data: { status: 'completed', sequence: 3 },
    });
    for (const { callId } of all) {
      await moves.putOffRescue(callId, -1);
      expect(await moves.claimRescue(callId, LIMITS)).toBeNull();
    }
    expect(await redis.zcard('tandem:calls:rescues')).toBe(0);
  });

  it('is not for a call whose carrier has closed the stream: it knows, and asks by itself', async () => {
    const call = await silent();
    const log = new RedisCallLog(
      redis,
      sealer,
      clock,
      { stored: 0, dropped: 0, failures: 0, refilled: 0 },
      {
        callId: call.callId,
        epoch: 1,
        lastSeq: 0,
        onFenced: () => undefined,
        restore: () => Promise.resolve(null),
      },
    );
    log.append({ type: 'stream.detached', data: { reason: 'closed-by-carrier' } });
    expect(await log.flush(2_000)).toBe('stored');
    expect(await moves.claimRescue(call.callId, LIMITS)).toBeNull();
    expect(await store.state(call.callId)).toMatchObject({
      phase: 'connected',
      streamEnd: 'closed-by-carrier',
    });
  });

  it('is not for calls that are renewed, over, gone, or on their way', async () => {
    const renewed = await silent();
    await heartbeat({}, [renewed.callId]);
    const over = await silent();
    await store.end(over.callId, (await store.state(over.callId))!, 'relay-lost');
    const gone = await silent();
    await store.appendExternalEvent(gone.callId, 'left', {
      type: 'carrier.reported',
      data: { status: 'completed', sequence: 3 },
    });
    for (const { callId } of [renewed, over, gone])
      expect(await moves.claimRescue(callId, LIMITS)).toBeNull();
    expect(await moves.claimRescue(someCall().callId, LIMITS)).toBeNull();
  });
});

describe('a Redis that has lost something', () => {
  const heldCall = async () => {
    await heartbeat();
    const call = someCall();
    await store.admit(call, relayId, 'x', 60_000);
    await store.claim(call.callId, relayId, 1, 3_000);
    const others = (await store.events(call.callId)).events;
    const counters: CallLogCounters = { stored: 0, dropped: 0, failures: 0, refilled: 0 };
    const restore = (beginsAfter = 0) =>
      store.restore(call, { epoch: 1, relayId, leaseMs: 3_000, beginsAfter, others });
    let fenced = 0;
    const log = new RedisCallLog(redis, sealer, clock, counters, {
      callId: call.callId,
      epoch: 1,
      lastSeq: 0,
      onFenced: () => void (fenced += 1),
      restore,
    });
    const fencings = () => fenced;
    return { call, log, counters, restore, fencings };
  };
  const texts = async (callId: CallId) =>
    (await store.events(callId)).events.map(
      ({ seq, type, data }) => `${seq} ${type === 'caller.spoke' ? data.text : type}`,
    );

  it('is given all of a call again: record, owner, lease, and every event', async () => {
    const { call, log, counters } = await heldCall();
    for (const text of ['one', 'two']) log.append(note(text));
    await log.flush(2_000);
    await redis.flushdb();
    log.append(note('three'));
    expect(await log.flush(2_000)).toBe('stored');
    expect(await texts(call.callId)).toEqual(['0 call.admitted', '1 one', '2 two', '3 three']);
    expect(await store.state(call.callId)).toMatchObject({
      phase: 'connected',
      epoch: 1,
      lastOfferedEpoch: 1,
      relayId,
      admittedAt: call.admittedAt,
    });
    expect(await store.record(call.callId)).toEqual(call);
    expect(await store.findByCarrierId(call.carrierCallId)).toBe(call.callId);
    expect(await redis.zcard('tandem:calls:live')).toBe(1);
    expect(counters).toMatchObject({ refilled: 2, dropped: 0 });
  });

  it('is given what earlier owners wrote too, under their epochs', async () => {
    const { call, log, counters } = await heldCall();
    log.append(note('one'));
    await log.flush(2_000);
    const claim = await store.claim(call.callId, 'relay-2' as RelayId, 2, 3_000);
    expect(claim).toMatchObject({ outcome: 'claimed', lastSeq: 1 });
    const known = (await store.events(call.callId)).events;
    const restore = () =>
      store.restore(call, {
        epoch: 2,
        relayId: 'relay-2' as RelayId,
        leaseMs: 3_000,
        beginsAfter: 0,
        others: known.filter(({ epoch }) => epoch === 0),
      });
    const next = new RedisCallLog(redis, sealer, clock, counters, {
      callId: call.callId,
      epoch: 2,
      lastSeq: 1,
      earlier: known.filter(({ epoch }) => epoch > 0),
      onFenced: () => undefined,
      restore,
    });
    await redis.flushdb();
    next.append(note('two'));
    expect(await next.flush(2_000)).toBe('stored');
    expect(
      (await store.events(call.callId)).events.map(({ epoch, seq, type, at }, index) => [
        epoch,
        seq,
        type,
        at === known[index]?.at,
      ]),
    ).toEqual([
      [0, 0, 'call.admitted', true],
      [1, 1, 'caller.spoke', true],
      [2, 2, 'caller.spoke', false],
    ]);
    expect(await store.state(call.callId)).toMatchObject({ epoch: 2, relayId: 'relay-2' });
  });

  it('is given it as soon as a heartbeat finds it missing, though nothing new is said', async () => {
    const { call, log } = await heldCall();
    log.append(note('one'));
    await log.flush(2_000);
    await redis.flushdb();
    log.restoreLost();
    await log.flush(2_000);
    expect(await texts(call.callId)).toEqual(['0 call.admitted', '1 one']);
  });

  it('in its last second is given that again, whichever way it shows', async () => {
    const { call, log, counters } = await heldCall();
    for (const text of ['one', 'two', 'three']) log.append(note(text));
    await log.flush(2_000);
    const key = `tandem:call:${call.callId}`;
    const forget = async () => {
      await redis.hset(key, 'lastSeq', 1);
      for (const [id] of (await redis.xrange(`${key}:events`, '-', '+')).slice(2))
        await redis.xdel(`${key}:events`, id);
    };
    await forget();
    log.append(note('four'));
    await log.flush(2_000);
    expect(await texts(call.callId)).toEqual(['0 call.admitted', '1 one', '2 two', '3 three', '4 four']);
    await forget();
    log.confirm(1);
    await log.flush(2_000);
    expect(await texts(call.callId)).toEqual(['0 call.admitted', '1 one', '2 two', '3 three', '4 four']);
    expect(counters.refilled).toBe(5);
  });

  it('of a call too long to be remembered in whole is given what is, and goes on', async () => {
    const { call, restore } = await heldCall();
    expect(await restore(9_000)).toBe(9_000);
    await redis.flushdb();
    expect(await restore(9_000)).toBe(9_000);
    expect(await store.claim(call.callId, 'relay-2' as RelayId, 2, 3_000)).toMatchObject({
      outcome: 'claimed',
      lastSeq: 9_000,
    });
  });

  it('puts nothing back over a newer owner', async () => {
    const { call, log, restore, fencings } = await heldCall();
    log.append(note('one'));
    await log.flush(2_000);
    await store.claim(call.callId, 'relay-2' as RelayId, 2, 3_000);
    expect(await restore()).toBeNull();
    log.restoreLost();
    await log.flush(2_000);
    expect(fencings()).toBe(1);
    expect(await store.state(call.callId)).toMatchObject({ epoch: 2, relayId: 'relay-2' });
  });
});
