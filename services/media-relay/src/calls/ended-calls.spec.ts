import { describe, expect, it } from '@jest/globals';
import type { AdmissionRecord, RedisCallLog } from '@tandem/call-state';
import type { CallId, TenantId } from '@tandem/contracts';
import { EndedCalls } from './ended-calls.ts';

const record = { callId: 'c1' as CallId, tenantId: 't1' as TenantId } as AdmissionRecord;

async function ended() {
  const done: string[] = [];
  const log = {
    isGivenUp: false,
    bytes: 1_000,
    confirm: (lastSeq: number) => void done.push(`confirmed ${lastSeq}`),
    restoreLost: () => void done.push('restored'),
    flush: () => Promise.resolve('stored' as const),
  };
  const calls = new EndedCalls({
    enqueue: (callId, _tenantId, occasion) => Promise.resolve(void done.push(`queued ${callId} ${occasion}`)),
  });
  await calls.add(record, 2, log as unknown as RedisCallLog);
  return { calls, done, log };
}

describe('an ended call', () => {
  it('is kept until it is in Postgres', async () => {
    const { calls, done } = await ended();
    expect(calls.ownership).toEqual([{ callId: 'c1', epoch: 2, isHeld: false }]);
    calls.onOwnershipStatus(record.callId, { kind: 'stored', lastSeq: 7 });
    calls.onOwnershipStatus(record.callId, { kind: 'persisted' });
    expect(calls.ownership).toEqual([]);
    expect(done).toEqual(['queued c1 ended', 'confirmed 7']);
  });

  it('is restored and queued again when Redis has lost it', async () => {
    const { calls, done } = await ended();
    calls.onOwnershipStatus(record.callId, { kind: 'unknown' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual(['queued c1 ended', 'restored', 'queued c1 ended']);
    expect(calls.ownership).toHaveLength(1);
  });

  it('is forgotten when another relay owns it', async () => {
    const { calls, log } = await ended();
    log.isGivenUp = true;
    calls.onOwnershipStatus(record.callId, { kind: 'unknown' });
    expect(calls.ownership).toEqual([]);
  });

  it('is one of at most a thousand', async () => {
    const { calls, log } = await ended();
    for (let index = 0; index < 1_200; index += 1)
      await calls.add({ ...record, callId: `c-${index}` as CallId }, 1, log as unknown as RedisCallLog);
    expect(calls.ownership).toHaveLength(1_000);
    expect(calls.ownership.at(-1)?.callId).toBe('c-1199');
  });

  it('is left to Redis alone, the oldest first, when the kept logs are too large', async () => {
    const { calls, log } = await ended();
    log.bytes = 32 * 1024 * 1024;
    for (let index = 0; index < 6; index += 1)
      await calls.add({ ...record, callId: `c-${index}` as CallId }, 1, log as unknown as RedisCallLog);
    expect(calls.ownership.map(({ callId }) => callId)).toEqual(['c-2', 'c-3', 'c-4', 'c-5']);
  });
});
