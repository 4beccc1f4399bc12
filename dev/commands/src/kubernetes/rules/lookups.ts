import { nameOf, podsOf, specOf, type PodPlan } from '../manifests.ts';
import type { Manifest } from '../objects.ts';

export const SCALERS: readonly string[] = ['HorizontalPodAutoscaler', 'ScaledObject'];

const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  Ki: 2 ** 10,
  M: 1e6,
  Mi: 2 ** 20,
  G: 1e9,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Returns a quantity of Kubernetes as a number; 0 for none. */
export function quantity(written: string | number | undefined): number {
  const parts = /^([0-9.]+)([A-Za-z]*)$/.exec(String(written ?? ''));
  return parts ? Number(parts[1]) * (UNITS[parts[2] ?? ''] ?? 1) : 0;
}

export const ofKind = (manifests: readonly Manifest[], ...kinds: readonly string[]): Manifest[] =>
  manifests.filter(({ kind }) => kinds.includes(kind));

export const workloads = (manifests: readonly Manifest[]): Manifest[] =>
  ofKind(manifests, 'Deployment', 'StatefulSet');

/** Returns the faults of every pod, each with the name of the object that runs it. */
export function perPod(
  manifests: readonly Manifest[],
  faultsOf: (pod: PodPlan) => readonly string[],
): string[] {
  return podsOf(manifests).flatMap((pod) => faultsOf(pod).map((fault) => `${nameOf(pod.owner)} ${fault}`));
}

/** Returns the fewest pods a workload has, by its replicas or its autoscaler. */
export function leastReplicas(workload: Manifest, manifests: readonly Manifest[]): number {
  const scaler = ofKind(manifests, ...SCALERS).find((one) => {
    const { kind, name } = specOf(one).scaleTargetRef ?? {};
    return kind === workload.kind && name === workload.metadata.name;
  });
  const { minReplicas, minReplicaCount } = scaler?.spec ?? {};
  return minReplicas ?? minReplicaCount ?? specOf(workload).replicas ?? 1;
}
