import { describe, expect, it } from '@jest/globals';
import type { RelayStatus } from '@tandem/call-state';
import type { RelayId } from '@tandem/contracts';
import { Metrics } from '@tandem/platform';
import { FleetGauges } from './fleet-gauges.ts';

const relay = (id: string, changes: Partial<RelayStatus>): RelayStatus => ({
  relayId: id as RelayId,
  address: `ws://${id}`,
  capacity: 100,
  active: 0,
  reserved: 0,
  isDraining: false,
  isOverloaded: false,
  revision: '',
  startedAt: 1_000,
  ...changes,
});

async function fleetOf(listRelays: () => Promise<RelayStatus[]>): Promise<string[]> {
  const metrics = new Metrics('call-ingress');
  new FleetGauges(metrics, { listRelays });
  return (await metrics.registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('tandem_fleet_'))
    .map((line) => line.replace(/,?service="call-ingress"/, '').replace('{}', ''));
}

describe('the gauges of the fleet', () => {
  it('sum over the leases; a relay that drains has calls and no capacity', async () => {
    const relays = [
      relay('a', { active: 40, reserved: 10 }),
      relay('b', { active: 90, isDraining: true }),
      relay('c', { active: 70, isOverloaded: true }),
    ];
    expect(await fleetOf(() => Promise.resolve(relays))).toEqual([
      'tandem_fleet_calls 200',
      'tandem_fleet_capacity 200',
      'tandem_fleet_free 50',
      'tandem_fleet_relays{state="draining"} 1',
      'tandem_fleet_relays{state="overloaded"} 1',
      'tandem_fleet_relays{state="serving"} 1',
    ]);
  });

  it('read the leases once for a scrape', async () => {
    let looks = 0;
    await fleetOf(() => {
      looks += 1;
      return Promise.resolve([]);
    });
    expect(looks).toBe(1);
  });

  it('have no values while Redis is away', async () => {
    expect(await fleetOf(() => Promise.reject(new Error('Connection is closed.')))).toEqual([]);
  });
});
