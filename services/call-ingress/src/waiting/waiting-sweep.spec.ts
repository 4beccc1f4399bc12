import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Place, WaitingLine } from '@tandem/call-state';
import type { IngressMetrics } from '../runtime/ingress-metrics.ts';
import type { CallRefusal } from '../refusal/call-refusal.service.ts';
import { WaitingSweep } from './waiting-sweep.ts';

const place = (carrierCallId: string) => ({ place: { agentId: 'a', carrierCallId }, askedAt: new Date(0) });

describe('the sweep', () => {
  let done: string[];
  let isRedisAway: boolean;
  let sweep: WaitingSweep;

  beforeEach(() => {
    Logger.overrideLogger(false);
    jest.useFakeTimers();
    done = [];
    isRedisAway = false;
    const line = {
      size: () => (isRedisAway ? Promise.reject(new TypeError('Command timed out')) : Promise.resolve(2)),
      expired: () => Promise.resolve([place('CA1'), place('CA2')]),
      lostContact: () => done.push('lost contact'),
      defer: ({ carrierCallId }: Place) => Promise.resolve(void done.push(`deferred ${carrierCallId}`)),
    } as unknown as WaitingLine;
    const refusals = {
      expire: ({ carrierCallId }: Place) =>
        carrierCallId === 'CA1'
          ? Promise.reject(new TypeError('does not open'))
          : Promise.resolve(void done.push(`written ${carrierCallId}`)),
    } as unknown as CallRefusal;
    sweep = new WaitingSweep(line, refusals, {
      waitingCalls: { set: (n: number) => done.push(`${n} wait`) },
    } as unknown as IngressMetrics);
    sweep.onApplicationBootstrap();
  });
  afterEach(async () => {
    await sweep.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  it('defers a place it cannot store, and continues with the next', async () => {
    await jest.advanceTimersByTimeAsync(5_000);
    expect(done).toEqual(['2 wait', 'deferred CA1', 'written CA2']);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(done).toHaveLength(6);
  });

  it('reports lost contact when Redis does not answer', async () => {
    isRedisAway = true;
    await jest.advanceTimersByTimeAsync(5_000);
    expect(done).toEqual(['lost contact']);
  });
});
