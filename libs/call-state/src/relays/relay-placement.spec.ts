import { describe, expect, it } from '@jest/globals';
import type { RelayId } from '@tandem/contracts';
import { placementOrder } from './relay-placement.ts';
import type { RelayStatus } from './relay-registry.ts';

const relay = (id: string, changes: Partial<RelayStatus> = {}): RelayStatus => ({
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
const order = (...relays: RelayStatus[]) => placementOrder(relays).map(({ relayId }) => relayId);

describe('placement', () => {
  it('prefers the relay with the smallest share in use, reserved calls included', () => {
    expect(
      order(relay('a', { active: 50 }), relay('b', { active: 10, reserved: 45 }), relay('c', { active: 30 })),
    ).toEqual(['c', 'a', 'b']);
  });

  it('compares shares, not counts, when sizes differ', () => {
    expect(
      order(relay('small', { capacity: 10, active: 4 }), relay('large', { capacity: 200, active: 60 })),
    ).toEqual(['large', 'small']);
  });

  it('leaves out full and draining relays', () => {
    expect(
      order(
        relay('full', { active: 99, reserved: 1 }),
        relay('going', { isDraining: true }),
        relay('open', { active: 98 }),
      ),
    ).toEqual(['open']);
  });

  it('puts overloaded relays last', () => {
    expect(
      order(relay('strained', { isOverloaded: true }), relay('busy', { active: 90 }), relay('open')),
    ).toEqual(['open', 'busy', 'strained']);
  });

  it('prefers the newest revision, so that a rollout moves a call once', () => {
    expect(
      order(
        relay('old-0', { revision: 'a', startedAt: 1_000 }),
        relay('old-1', { revision: 'a', startedAt: 2_000, active: 1 }),
        relay('new-2', { revision: 'b', startedAt: 9_000, active: 60 }),
      ),
    ).toEqual(['new-2', 'old-0', 'old-1']);
  });

  it('does not take a revision for new whose relay was started anew in a rollout', () => {
    expect(
      order(
        relay('old-0', { revision: 'a', startedAt: 1_000 }),
        relay('again-1', { revision: 'a', startedAt: 12_000 }),
        relay('new-2', { revision: 'b', startedAt: 9_000 }),
      ),
    ).toEqual(['new-2', 'again-1', 'old-0']);
  });

  it('uses older relays when those of the newest revision are full, draining or overloaded', () => {
    const old = relay('old', { revision: 'a', startedAt: 1_000 });
    for (const changes of [{ active: 100 }, { isDraining: true }, { isOverloaded: true }])
      expect(order(old, relay('new', { revision: 'b', startedAt: 9_000, ...changes }))[0]).toBe('old');
  });

  it('orders equal relays by name', () => {
    expect(order(relay('c'), relay('a'), relay('b'))).toEqual(['a', 'b', 'c']);
  });

  it('is empty without relays', () => {
    expect(order()).toEqual([]);
  });
});
