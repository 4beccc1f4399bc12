import type { Scenario } from '../run/scenario.ts';

/**
 * Builds the scenario that applies one fault after the other to the same conversations: every fault that ends
 * by itself. A short run of it is part of `npm test`.
 */
export function everyFault(scenarios: readonly Scenario[]): Scenario {
  const faults = scenarios.filter(({ fault }) => fault !== undefined);
  return {
    name: 'faults',
    about: `${faults.map(({ name }) => name).join(', ')} one after the other under the same calls`,
    goals: faults.flatMap(({ goals }) => goals),
    fleet: { relays: 3 },
    calls: 30,
    rounds: 60,
    isForPlain: false,
    round: async (bench) => {
      await bench.place(bench.calls);
      await bench.waitForTurns(1, 30_000);
      for (const { fault } of faults) await fault?.(bench);
      await bench.waitForTurns(1, 30_000);
      await bench.collect();
    },
  };
}
