import { describe, expect, it } from '@jest/globals';
import type { RelayStatus } from '@tandem/call-state';
import type { RelayId } from '@tandem/contracts';
import { placementOrder } from './relay-placement.ts';

const relay = (id: string, changes: Partial<RelayStatus> = {}): RelayStatus => ({
  relayId: id as RelayId,
  address: `ws://${id}`,
  capacity: 100,
  active: 0,
  reserved: 0,
  isDraining: false,
  isOverloaded: false,
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

  it('orders equal relays by name', () => {
    expect(order(relay('c'), relay('a'), relay('b'))).toEqual(['a', 'b', 'c']);
  });

  it('is empty without relays', () => {
    expect(order()).toEqual([]);
  });
});
