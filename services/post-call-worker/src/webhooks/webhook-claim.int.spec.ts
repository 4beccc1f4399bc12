import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import { FAILURES_BEFORE_PROBES } from '@tandem/database';
import { RunningDelivery } from './test/running-delivery.ts';

let hooks: RunningDelivery;
beforeAll(async () => {
  hooks = await RunningDelivery.start();
});
afterAll(() => hooks.stop());
beforeEach(() => hooks.begin());
afterEach(() => hooks.end());

describe('claiming deliveries that are due', () => {
  it('takes over a delivery that its worker never finished', async () => {
    await hooks.subscribe();
    await hooks.book(1);
    expect(
      await hooks.deliveries.claim({
        free: 10,
        places: 20,
        perEndpoint: 10,
        underWay: new Map(),
        leaseMs: 200,
      }),
    ).toHaveLength(1);
    hooks.work();
    await hooks.eventually(async () => (await hooks.states())[0] === 'delivered');
  });

  it('serves tenants in turn, and gives one at most half of the places', async () => {
    const [first, second] = [await hooks.busyTenant(3, 50), await hooks.busyTenant(1, 50)];
    const dealt = await hooks.claim(20);
    const of = (tenant: TenantId) => dealt.filter((delivery) => delivery.tenantId === tenant);
    expect([of(first).length, of(second).length]).toEqual([10, 10]);
    const perEndpoint = [...Map.groupBy(of(first), ({ endpointId }) => endpointId).values()].map(
      ({ length }) => length,
    );
    expect(perEndpoint.sort()).toEqual([3, 3, 4]);
    const underWay = new Map(
      [...Map.groupBy(dealt, ({ endpointId }) => endpointId)].map(([id, { length }]) => [id, length]),
    );
    expect(await hooks.claim(5, underWay)).toEqual([]);
    await hooks.sql(
      'UPDATE webhook_endpoints SET is_enabled = false, disabled_because = $2 WHERE tenant_id = $1',
      second,
      'operator',
    );
    expect(await hooks.claim(5, underWay)).toHaveLength(5);
  });

  it('serves first the endpoint that has waited longest', async () => {
    await hooks.busyTenant(30, 5);
    const turns = [await hooks.claim(15), await hooks.claim(15)].map(
      (dealt) => new Set(dealt.map(({ endpointId }) => endpointId)),
    );
    expect(turns.map(({ size }) => size)).toEqual([15, 15]);
    expect([...turns[0]!].filter((id) => turns[1]!.has(id))).toEqual([]);
  });

  it('probes a failing endpoint with one delivery at a time until it responds', async () => {
    await hooks.busyTenant(1, 50);
    const repository = hooks.deliveries;
    const target = (await hooks.claim(1))[0]!;
    for (let failed = 0; failed < FAILURES_BEFORE_PROBES; failed += 1)
      await repository.markUnreachable(target);
    expect(await hooks.claim(20)).toEqual([]);
    const rested = () =>
      hooks.sql('UPDATE webhook_endpoints SET paused_until = NULL WHERE id = $1', target.endpointId);
    await rested();
    expect(await hooks.claim(20)).toHaveLength(1);
    expect(await hooks.claim(20)).toEqual([]);
    await repository.markUnreachable(target);
    await rested();
    expect(await hooks.claim(20)).toHaveLength(1);
    await repository.markReachable(target);
    expect((await hooks.claim(20)).length).toBeGreaterThan(10);
  });

  it('gives each delivery to one of many concurrent workers', async () => {
    await hooks.busyTenant(6, 40);
    await hooks.busyTenant(6, 40);
    const dealt = (await Promise.all(Array.from({ length: 6 }, () => hooks.claim(20)))).flat();
    const ids = dealt.map(({ endpointId, eventId }) => `${endpointId} ${eventId}`);
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
