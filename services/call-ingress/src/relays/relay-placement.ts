import type { RelayStatus } from '@tandem/call-state';

const usedCapacity = ({ active, reserved }: RelayStatus): number => active + reserved;

/** How many more callers the relays would take now. */
export function freeCapacity(relays: readonly RelayStatus[]): number {
  return relays
    .filter(({ isDraining, isOverloaded }) => !isDraining && !isOverloaded)
    .reduce((sum, relay) => sum + Math.max(0, relay.capacity - usedCapacity(relay)), 0);
}

/**
 * Relays that may take another call, least loaded first: by share of capacity in use (active and reserved
 * calls), then by free capacity, then by name for a stable order everywhere. Overloaded relays come last:
 * only for callers who would be lost otherwise.
 */
export function placementOrder(relays: readonly RelayStatus[]): RelayStatus[] {
  return relays
    .filter((relay) => !relay.isDraining && usedCapacity(relay) < relay.capacity)
    .sort(
      (a, b) =>
        Number(a.isOverloaded) - Number(b.isOverloaded) ||
        usedCapacity(a) / a.capacity - usedCapacity(b) / b.capacity ||
        b.capacity - usedCapacity(b) - (a.capacity - usedCapacity(a)) ||
        a.relayId.localeCompare(b.relayId),
    );
}
