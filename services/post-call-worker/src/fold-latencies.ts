import type { LatencySummary } from '@tandem/database';
import type { EventOf } from './event-of.ts';

/** Returns the figures of each kind of latency. */
export function foldLatencies(
  measured: readonly EventOf<'latency.measured'>[],
): Record<string, LatencySummary> {
  const byKind = new Map<string, number[]>();
  for (const { data } of measured) byKind.set(data.kind, [...(byKind.get(data.kind) ?? []), data.ms]);
  return Object.fromEntries(
    [...byKind].map(([kind, values]) => {
      const sorted = values.sort((a, b) => a - b);
      const at = (share: number) =>
        sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
      return [kind, { count: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1) }];
    }),
  );
}
