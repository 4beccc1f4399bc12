import type { RelayStatus } from './relay-registry.ts';

const usedCapacity = ({ active, reserved }: RelayStatus): number => active + reserved;

/** How many more callers the relays would take now. */
export function freeCapacity(relays: readonly RelayStatus[]): number {
  return relays
    .filter(({ isDraining, isOverloaded }) => !isDraining && !isOverloaded)
    .reduce((sum, relay) => sum + Math.max(0, relay.capacity - usedCapacity(relay)), 0);
}

/**
 * Returns the relays that may take another call. Those of the newest revision come first: a call placed on an
 * older one would have to move once more in the same rollout. Then the least loaded: by share of capacity in
 * use (active and reserved calls), by free capacity, and by name for a stable order everywhere. Overloaded
 * relays come last: only for callers who would be lost otherwise.
 */
export function placementOrder(relays: readonly RelayStatus[]): RelayStatus[] {
  const newest = newestRevision(relays);
  return relays
    .filter((relay) => !relay.isDraining && usedCapacity(relay) < relay.capacity)
    .sort(
      (a, b) =>
        Number(a.isOverloaded) - Number(b.isOverloaded) ||
        Number(b.revision === newest) - Number(a.revision === newest) ||
        usedCapacity(a) / a.capacity - usedCapacity(b) / b.capacity ||
        b.capacity - usedCapacity(b) - (a.capacity - usedCapacity(a)) ||
        a.relayId.localeCompare(b.relayId),
    );
}

/**
 * Returns the revision that came last. A revision is as old as its oldest relay: one that is started anew in
 * the middle of a rollout makes its revision no newer.
 */
function newestRevision(relays: readonly RelayStatus[]): string | null {
  const since = new Map<string, number>();
  for (const { revision, startedAt } of relays)
    since.set(revision, Math.min(startedAt, since.get(revision) ?? Infinity));
  return (
    [...since].reduce<readonly [string, number] | null>(
      (newest, entry) => (newest === null || entry[1] > newest[1] ? entry : newest),
      null,
    )?.[0] ?? null
  );
}
