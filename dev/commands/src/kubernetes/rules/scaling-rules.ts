import { nameOf, podsOf, selects, specOf, type PodPlan } from '../manifests.ts';
import type { Manifest, Trigger } from '../objects.ts';
import { leastReplicas, ofKind, SCALERS, workloads } from './lookups.ts';
import type { Rule } from './rule.ts';

/** From the end of a drain to SIGKILL: what is not written yet is written. */
const AFTER_DRAIN_MS = 15_000;
const LEAST_SCALE_DOWN_WINDOW_S = 600;
const KEYS_OF_PROMETHEUS = ['serverAddress', 'query', 'threshold', 'ignoreNullValues', 'namespace'];

function budgetFaults(budget: Manifest, manifests: readonly Manifest[]): string[] {
  const { minAvailable, maxUnavailable, selector } = specOf(budget);
  const guarded = podsOf(workloads(manifests)).find(({ labels }) => selects(selector, labels))?.owner;
  const isOneBound = (minAvailable === undefined) !== (maxUnavailable === undefined);
  return [
    ...(isOneBound ? [] : [`${nameOf(budget)} must have one bound`]),
    ...(guarded ? [] : [`${nameOf(budget)} selects nothing`]),
    ...(guarded && leastReplicas(guarded, manifests) < 2
      ? [`${nameOf(budget)} holds up every drain of a node: there is one pod`]
      : []),
    ...(maxUnavailable === 0 || maxUnavailable === '0%' ? [`${nameOf(budget)} lets nothing be evicted`] : []),
  ];
}

function scalerFaults(scaler: Manifest, manifests: readonly Manifest[]): string[] {
  const { scaleTargetRef: target = {}, minReplicas, minReplicaCount } = specOf(scaler);
  const { maxReplicas, maxReplicaCount } = specOf(scaler);
  const isThere = workloads(manifests).some(
    ({ kind, metadata }) => kind === target.kind && metadata.name === target.name,
  );
  const least = minReplicas ?? minReplicaCount ?? 0;
  const most = maxReplicas ?? maxReplicaCount ?? 0;
  return [
    ...(isThere ? [] : [`${nameOf(scaler)} scales ${target.kind}/${target.name}, which is not there`]),
    ...(least < most ? [] : [`${nameOf(scaler)} has no room between ${least} and ${most}`]),
  ];
}

function triggerFaults({ type, metadata = {} }: Trigger): string[] {
  return [
    ...(type === 'prometheus' ? [] : [`has the trigger "${type}"`]),
    ...(metadata['ignoreNullValues'] === 'false' ? [] : ['takes no data for an empty fleet']),
    ...Object.keys(metadata)
      .filter((key) => !KEYS_OF_PROMETHEUS.includes(key))
      .map((key) => `gives its trigger "${key}", which it does not know`),
  ];
}

function kedaFaults(scaled: Manifest): string[] {
  const { triggers = [], fallback, advanced } = specOf(scaled);
  const windowS =
    advanced?.horizontalPodAutoscalerConfig?.behavior?.scaleDown?.stabilizationWindowSeconds ?? 0;
  return [
    ...(triggers.length === 1 ? [] : ['must have one trigger: the fallback is for one only']),
    ...(fallback ? [] : ['has no fallback for a Prometheus that is away']),
    ...(windowS >= LEAST_SCALE_DOWN_WINDOW_S ? [] : ['takes relays away within ten minutes']),
    ...triggers.flatMap(triggerFaults),
  ].map((fault) => `${nameOf(scaled)} ${fault}`);
}

function drainFaults({ owner, main, spec }: PodPlan): string[] {
  const graceMs = (spec.terminationGracePeriodSeconds ?? 0) * 1000;
  const preStopMs = (main?.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1000;
  const drainMs = Number(main?.env?.find(({ name }) => name === 'RELAY_DRAIN_GRACE_MS')?.value ?? 0);
  return graceMs >= preStopMs + drainMs + AFTER_DRAIN_MS
    ? []
    : [`${nameOf(owner)} is killed before it is done: ${graceMs / 1000} s`];
}

function hookFaults({ owner, spec }: PodPlan): string[] {
  return [
    ...(spec.serviceAccountName ? [`${nameOf(owner)} wants a ServiceAccount that is not made yet`] : []),
    ...(spec.volumes ?? []).flatMap(({ configMap }) =>
      configMap ? [`${nameOf(owner)} wants a ConfigMap that is not made yet`] : [],
    ),
    ...(specOf(owner).activeDeadlineSeconds ? [] : [`${nameOf(owner)} may run for ever`]),
  ];
}

export const SCALING_RULES: readonly Rule[] = [
  {
    name: 'disruption',
    faultsOf: ({ manifests }) =>
      ofKind(manifests, 'PodDisruptionBudget').flatMap((budget) => budgetFaults(budget, manifests)),
  },
  {
    name: 'scaling',
    faultsOf: ({ manifests }) => {
      const scalers = ofKind(manifests, ...SCALERS);
      const targets = scalers.map((scaler) => specOf(scaler).scaleTargetRef?.name ?? '');
      return [
        ...scalers.flatMap((scaler) => scalerFaults(scaler, manifests)),
        ...targets
          .filter((name, index) => targets.indexOf(name) !== index)
          .map((name) => `${name} has two autoscalers`),
      ];
    },
  },
  { name: 'keda', faultsOf: ({ manifests }) => ofKind(manifests, 'ScaledObject').flatMap(kedaFaults) },
  { name: 'drain', faultsOf: ({ manifests }) => podsOf(workloads(manifests)).flatMap(drainFaults) },
  {
    name: 'hooks',
    faultsOf: ({ manifests }) =>
      podsOf(ofKind(manifests, 'Job'))
        .filter(({ owner }) => owner.metadata.annotations?.['helm.sh/hook']?.includes('pre-install'))
        .flatMap(hookFaults),
  },
];
