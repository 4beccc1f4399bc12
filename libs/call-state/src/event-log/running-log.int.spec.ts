import { describe, expect, it } from '@jest/globals';
import type { CallId } from '@tandem/contracts';
import { RunningLog, type LogPlace } from '../index.ts';
import { keys } from '../redis/keys.ts';
import { someCall } from '../test/some-call.ts';
import { heartbeat, note, redis, relayId, sealer, store, useRedisScene } from '../test/redis-scene.ts';

const START: LogPlace = { sequence: 0, entryId: null };

useRedisScene();

async function talkOf(events: number): Promise<CallId> {
  await heartbeat();
  const call = someCall();
  await store.admit(call, relayId, 'x', 60_000);
  for (let n = 1; n <= events; n += 1) await say(call.callId, n);
  return call.callId;
}
const say = (callId: CallId, n: number) => store.appendExternalEvent(callId, `n${n}`, note(`Words ${n}`));

const textsOf = ({ events }: Awaited<ReturnType<RunningLog['read']>>) =>
  events.map(({ sequence, event }) => `${sequence} ${'text' in event.data ? event.data.text : event.type}`);

describe('the log of a running call', () => {
  it('is read in parts, and goes on where the last part ended', async () => {
    const log = new RunningLog(redis, sealer);
    const callId = await talkOf(4);
    const first = await log.read(callId, START, 2);
    expect(textsOf(first)).toEqual(['1 call.admitted', '2 Words 1']);
    const rest = await log.read(callId, first.end, 10);
    expect(textsOf(rest)).toEqual(['3 Words 2', '4 Words 3', '5 Words 4']);
    const none = await log.read(callId, rest.end, 10);
    expect(none).toEqual({ events: [], end: rest.end });
    await say(callId, 5);
    const later = await log.read(callId, none.end, 10);
    expect(textsOf(later)).toEqual(['6 Words 5']);
  });

  it('is counted without events that cannot be read', async () => {
    const log = new RunningLog(redis, sealer);
    const callId = await talkOf(1);
    await redis.xadd(keys.callEvents(callId), '*', 'p', 'damaged', 'e', '1', 's', '1');
    await say(callId, 2);
    const first = await log.read(callId, START, 2);
    expect(textsOf(await log.read(callId, first.end, 10))).toEqual(['3 Words 2']);
    expect(textsOf(await log.read(callId, START, 10))).toHaveLength(3);
  });

  it('that was restored with other entries is counted from its beginning', async () => {
    const log = new RunningLog(redis, sealer);
    const callId = await talkOf(3);
    const { end } = await log.read(callId, START, 2);
    const entries = await redis.xrange(keys.callEvents(callId), '-', '+');
    await redis.del(keys.callEvents(callId));
    for (const [, fields] of entries) await redis.xadd(keys.callEvents(callId), '*', ...fields);
    expect(textsOf(await log.read(callId, { ...end, entryId: '1-1' }, 10))).toEqual([
      '3 Words 2',
      '4 Words 3',
    ]);
    expect(textsOf(await log.read(callId, { sequence: 3, entryId: null }, 10))).toEqual(['4 Words 3']);
  });

  it('is empty for a call that Redis does not have', async () => {
    const log = new RunningLog(redis, sealer);
    expect(await log.read(someCall().callId, START, 10)).toEqual({ events: [], end: START });
  });
});
