import { describe, expect, it } from '@jest/globals';
import { termination } from '@tandem/contracts';
import {
  first,
  second,
  store,
  moves,
  beat,
  asked,
  ended,
  append,
  leaseMs,
  answer,
  offer,
  heldCall,
  useHandoverScene,
} from '../test/handover-scene.ts';

useHandoverScene();

const TALK_MS = 3_600_000;

describe('a transfer that is asked for', () => {
  it('is stored in the step that logs it, and the call waits for the carrier', async () => {
    const callId = await heldCall();
    await append(callId, 1, asked, { type: 'stream.detached', data: { reason: 'transfer' } });
    expect(await store.state(callId)).toMatchObject({
      phase: 'transferring',
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
    expect(await store.state(callId)).toMatchObject({ phase: 'connected', relayId: second });
    expect(await moves.pendingTransfer(callId)).toBeNull();
  });

  it('and taken back in the same breath leaves the call with its relay', async () => {
    const callId = await heldCall();
    await append(callId, 1, asked, ended('busy'));
    expect(await store.state(callId)).toMatchObject({ phase: 'connected' });
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
    expect(await store.state(callId)).toMatchObject({ phase: 'ended', endReason: 'caller-hangup' });
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
    expect(await moves.accept(callId, 1, TALK_MS)).toBe(false);
    await append(callId, 1, asked);
    expect(await moves.accept(callId, 1, TALK_MS)).toBe(false);
    await moves.dial(answer(callId, 'dial'), false, 60_000);
    expect(await moves.accept(callId, 2, TALK_MS)).toBe(false);
    expect(await leaseMs(callId)).toBeLessThan(60_001);
    expect(await moves.accept(callId, 1, TALK_MS)).toBe(true);
    expect((await store.state(callId))?.isAccepted).toBe(true);
    expect(await leaseMs(callId)).toBeGreaterThan(TALK_MS - 10_000);
    await store.appendExternalEvent(callId, 'transfer-ended-1', ended('busy'));
    expect(await moves.accept(callId, 1, TALK_MS)).toBe(false);
    expect(await store.state(callId)).toMatchObject({ phase: 'connected', isAccepted: false });
  });

  it('is taken by nobody once the carrier has reported that the caller is gone', async () => {
    const callId = await heldCall();
    await append(callId, 1, asked);
    await moves.dial(answer(callId, 'dial'), false, 60_000);
    await store.appendExternalEvent(callId, 'status-3', {
      type: 'carrier.reported',
      data: { status: 'completed', sequence: 3 },
    });
    expect(await moves.accept(callId, 1, TALK_MS)).toBe(false);
    expect(await leaseMs(callId)).toBeLessThan(0);
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
    expect(await store.state(callId)).toMatchObject({ phase: 'transferring', isAccepted: true });
    expect(await store.end(callId, (await store.state(callId))!, 'transferred')).toBe(true);
    expect(await store.state(callId)).toMatchObject({ phase: 'ended', endReason: 'transferred' });
  });
});
