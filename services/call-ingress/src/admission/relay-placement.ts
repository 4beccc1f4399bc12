import type { RelaySighting } from '@tandem/call-state';

/**
 * Relays that may take another call, the least loaded first: by share of their capacity in use (calls held and calls on
 * their way), then by what is free, then by name so that equals are ordered alike everywhere. Those that have all they can
 * do come last: good enough for a caller who would be lost otherwise.
 */
export function placementOrder(sightings: readonly RelaySighting[]): RelaySighting[] {
  const used = (relay: RelaySighting) => relay.active + relay.reserved;
  return sightings
    .filter((relay) => !relay.isDraining && used(relay) < relay.capacity)
    .sort((a, b) => Number(a.isStrained) - Number(b.isStrained) || used(a) / a.capacity - used(b) / b.capacity || b.capacity - used(b) - (a.capacity - used(a)) || a.relayId.localeCompare(b.relayId));
}
