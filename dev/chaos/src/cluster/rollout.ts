import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench/bench.ts';
import type { Scenario } from '../run/scenario.ts';
import { fleetRolled } from '../scenarios/relays/relays-drained.ts';
import type { ClusterFleet } from './cluster-fleet.ts';
import { NAMESPACE } from './release.ts';

const LOOK_EVERY_MS = 250;

/** R7 by the cluster's own controller: what `roll` begins replaces every relay while callers talk. */
export function rolledByKubernetes(fleet: ClusterFleet, roll: () => Promise<unknown>): Scenario {
  return {
    ...fleetRolled,
    name: 'R7-kubernetes',
    about: 'all three relays rolled by Kubernetes, through the edge',
    isForPlain: false,
    round: async (bench) => {
      const early = Math.ceil(bench.calls * 0.7);
      await bench.place(early);
      await bench.waitForTurns(1, 30_000);
      const late = bench.place(bench.calls - early);
      const rolled = rollOut(fleet, roll);
      await followPods(bench, fleet, rolled);
      await late;
      await bench.waitForTurns(2, 30_000);
      await bench.collect();
    },
  };
}

async function rollOut({ cluster }: ClusterFleet, roll: () => Promise<unknown>): Promise<void> {
  await roll();
  const status = ['rollout', 'status', 'statefulset/tandem-media-relay', '--timeout=10m'];
  await cluster.kubectl(['--namespace', NAMESPACE, ...status]);
}

/** Adds a fault to the history for every relay that is told to go, with the calls it held just before. */
async function followPods(bench: Bench, fleet: ClusterFleet, rolled: Promise<void>): Promise<void> {
  let isRolled = false;
  const done = rolled.finally(() => (isRolled = true));
  const told = new Set<string>();
  let held = await bench.holdings();
  while (!isRolled) {
    const pods = await fleet.lookUpRelays();
    const going = pods.filter(
      ({ metadata: { uid, deletionTimestamp } }) => deletionTimestamp && !told.has(uid),
    );
    for (const { metadata } of going) {
      told.add(metadata.uid);
      const calls = held.get(metadata.name) ?? [];
      bench.history.add({ kind: 'fault', what: 'drain', target: metadata.name, held: calls });
      bench.log(`  ${metadata.name} is told to go, with ${calls.length} calls`);
    }
    held = await bench.holdings();
    await sleep(LOOK_EVERY_MS);
  }
  await done;
}
