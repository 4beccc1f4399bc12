import type { RelayStatus } from '@tandem/call-state';

const usedPlaces = ({ active, reserved }: RelayStatus): number => active + reserved;

/** How many more callers would be taken now. */
export function freePlaces(sightings: readonly RelayStatus[]): number {
  return sightings
    .filter(({ isDraining, isOverloaded }) => !isDraining && !isOverloaded)
    .reduce((sum, relay) => sum + Math.max(0, relay.capacity - usedPlaces(relay)), 0);
}

/**
 * Relays that may take another call, the least loaded first: by share of their capacity in use (calls held
 * and calls on their way), then by what is free, then by name so that equals are ordered alike everywhere.
 * Those that have all they can do come last: good enough for a caller who would be lost otherwise.
 */
export function placementOrder(sightings: readonly RelayStatus[]): RelayStatus[] {
  return sightings
    .filter((relay) => !relay.isDraining && usedPlaces(relay) < relay.capacity)
    .sort(
      (a, b) =>
        Number(a.isOverloaded) - Number(b.isOverloaded) ||
        usedPlaces(a) / a.capacity - usedPlaces(b) / b.capacity ||
        b.capacity - usedPlaces(b) - (a.capacity - usedPlaces(a)) ||
        a.relayId.localeCompare(b.relayId),
    );
}
