import { beforeAll } from '@jest/globals';
import type { CallId, NewCallEvent, RelayId } from '@tandem/contracts';
import { CallHandovers, RedisCallLog, type HandoverReply } from '../index.ts';
import { clock, redis, registry, sealer, store, url, useRedisScene } from './redis-scene.ts';
import { someCall } from './some-call.ts';

export const first = 'relay-1' as RelayId;
export const second = 'relay-2' as RelayId;
export const number = '+12025550171';
export const SUMMARY = 'Alex Morgan wants a boiler.';
const LOSSES = { most: 3, withinMs: 60_000 };

export let moves: CallHandovers;
export { redis, registry, sealer, store, url };

export const beat = (relayId: RelayId, calls: CallId[] = [], changes: object = {}) =>
  registry.renew(
    {
      relayId,
      address: `ws://${relayId}`,
      capacity: 3,
      active: 0,
      isDraining: false,
      isOverloaded: false,
      revision: '',
      startedAt: 1_000,
      ...changes,
    },
    calls.map((callId) => ({ callId, epoch: 1, isHeld: true })),
  );
export const asked: NewCallEvent = {
  type: 'transfer.asked',
  data: { department: 'support', mode: 'warm', summary: SUMMARY, atMs: 5_000 },
};
export const ended = (outcome: 'bridged' | 'busy'): NewCallEvent => ({
  type: 'transfer.ended',
  data: { department: 'support', outcome, atMs: 9_000 },
});
export const logOf = (callId: CallId, epoch: number, lastSeq = 0) =>
  new RedisCallLog(
    redis,
    sealer,
    clock,
    { stored: 0, dropped: 0, failures: 0, refilled: 0 },
    { callId, epoch, lastSeq, onFenced: () => undefined },
  );
export const append = async (callId: CallId, epoch: number, ...facts: NewCallEvent[]) => {
  const log = logOf(callId, epoch);
  for (const fact of facts) log.append(fact);
  await log.flush(2_000);
};
export const leaseMs = async (callId: CallId) =>
  Number(await redis.zscore('tandem:calls:live', callId)) - Date.now();
export const answer = (
  callId: CallId,
  text: string,
  epoch = 1,
  question: HandoverReply['question'] = 'stream-ended',
): HandoverReply => ({ callId, epoch, question, answer: text });
export const offer = (
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

export async function heldCall(): Promise<CallId> {
  await Promise.all([beat(first), beat(second)]);
  const record = someCall();
  await store.admit(record, first, 'x', 60_000);
  await store.claim(record.callId, first, 1, 3_000);
  return record.callId;
}

/** Opens Redis, two stores on it and the handovers for the specs of a file. */
export function useHandoverScene(): void {
  useRedisScene();
  beforeAll(() => {
    moves = new CallHandovers(redis, sealer);
  });
}
