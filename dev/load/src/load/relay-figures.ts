import type { RunningPlatform } from '@tandem/commands/platform';

/** Sums over all relays, and the worst of them for the event loop. */
export interface RelayFigures {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly activeCalls: number;
  /** Sockets, timers and other things the event loop waits for. */
  readonly activeResources: number;
  /** Counters of ended caller streams, by name. */
  readonly streamEvents: Readonly<Record<string, number>>;
  /** Since they were read last. */
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
}

export function relaysOf(platform: RunningPlatform): string[] {
  return platform.stack.supervisor.instances.filter((instance) => instance.startsWith('relay-'));
}

export async function readRelayFigures(platform: RunningPlatform): Promise<RelayFigures> {
  const each = await Promise.all(
    relaysOf(platform).map(async (instance) => {
      const response = await fetch(
        `http://127.0.0.1:${platform.stack.supervisor.managementPortOf(instance)}/metrics`,
      );
      const text = await response.text();
      const value = (name: string) =>
        Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
      return {
        cpu: value('process_cpu_seconds_total'),
        resident: value('process_resident_memory_bytes'),
        heap: value('nodejs_heap_size_used_bytes') + value('nodejs_external_memory_bytes'),
        calls: value('tandem_relay_active_calls'),
        resources: value('nodejs_active_resources_total'),
        events: [...text.matchAll(/^tandem_stream_events_total\{[^}]*what="(\w+)"[^}]*\} (\S+)$/gm)].map(
          ([, what = '', count]) => [what, Number(count)] as const,
        ),
        delay: value('nodejs_eventloop_lag_p99_seconds'),
        longest: value('nodejs_eventloop_lag_max_seconds'),
      };
    }),
  );
  const sum = (of: (figures: (typeof each)[number]) => number): number =>
    each.reduce((total, figures) => total + of(figures), 0);
  return {
    cpuSeconds: sum(({ cpu }) => cpu),
    residentBytes: sum(({ resident }) => resident),
    heapBytes: sum(({ heap }) => heap),
    activeCalls: sum(({ calls }) => calls),
    activeResources: sum(({ resources }) => resources),
    streamEvents: Object.fromEntries(each.flatMap(({ events }) => events)),
    loopDelayP99Ms: Math.max(...each.map(({ delay }) => delay)) * 1000,
    loopDelayMaxMs: Math.max(...each.map(({ longest }) => longest)) * 1000,
  };
}
