import type { RunningPlatform } from '@tandem/commands/platform';

/** Sums over all relays, and the worst of them for the event loop. */
export interface RelayFigures {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly loopDelayP99Ms: number;
}

export async function readRelayFigures(platform: RunningPlatform): Promise<RelayFigures> {
  const relays = platform.stack.supervisor.instances.filter((instance) => instance.startsWith('relay-'));
  const each = await Promise.all(
    relays.map(async (instance) => {
      const response = await fetch(`http://127.0.0.1:${platform.stack.supervisor.portsOf(instance).http}/metrics`);
      const text = await response.text();
      const value = (name: string) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
      return { cpu: value('process_cpu_seconds_total'), resident: value('process_resident_memory_bytes'), delay: value('nodejs_eventloop_lag_p99_seconds') };
    }),
  );
  return {
    cpuSeconds: each.reduce((sum, { cpu }) => sum + cpu, 0),
    residentBytes: each.reduce((sum, { resident }) => sum + resident, 0),
    loopDelayP99Ms: Math.max(...each.map(({ delay }) => delay)) * 1000,
  };
}
