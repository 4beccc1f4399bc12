import { nameOf } from './manifests.ts';
import type { Manifest } from './objects.ts';
import { RELEASE } from './render.ts';

/** A mistake in rendered objects, to see whether it is found. */
export interface PlantedMistake {
  readonly what: string;
  /** The rule that must find it; `schema` for the schemas of the kinds. */
  readonly by: string;
  /** The object, such as `Deployment/crm-api`. */
  readonly at: string;
  /** Where in it, with dots between; entries of lists by place or by their `name`. */
  readonly path: string;
  /** The value put there; nothing for a field that is taken out. */
  readonly value?: unknown;
  /** Name of the set of values it is planted in; `required` unless told otherwise. */
  readonly set?: 'all-on' | 'audiosocket-pods';
}

const POD = 'spec.template.spec';
const CONTAINER = `${POD}.containers.0`;
const COMPONENT = 'app\\.kubernetes\\.io/component';
const crmApi = { at: 'Deployment/crm-api' } as const;
const relays = { at: 'StatefulSet/media-relay' } as const;
const scaled = { at: 'ScaledObject/media-relay', set: 'all-on' } as const;
const trigger = 'spec.triggers.0.metadata';

/**
 * Plants a mistake in objects that may be changed.
 * @throws when there is no such place
 */
export function plant({ at, path, value }: PlantedMistake, manifests: readonly Manifest[]): void {
  const [kind, component] = at.split('/');
  const object = manifests.find((manifest) => nameOf(manifest) === `${kind}/${RELEASE}-${component}`);
  const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\', ''));
  const last = keys.pop() ?? '';
  const place = keys.reduce<unknown>((inner, key) => stepInto(inner, key), object);
  if (typeof place !== 'object' || place === null) throw new Error(`the chart makes no ${at} with ${path}`);
  const fields = place as Record<string, unknown>;
  if (value === undefined) delete fields[last];
  else fields[last] = value;
}

function stepInto(inner: unknown, key: string): unknown {
  if (Array.isArray(inner))
    return /^\d+$/.test(key)
      ? (inner[Number(key)] as unknown)
      : inner.find((entry: { readonly name?: string }) => entry.name === key);
  return (inner as Record<string, unknown> | undefined)?.[key];
}

export const PLANTED_MISTAKES: readonly PlantedMistake[] = [
  {
    what: 'a field misspelt deep inside a container (readinesProbe)',
    by: 'schema',
    ...crmApi,
    path: `${CONTAINER}.readinesProbe`,
    value: {},
  },
  {
    what: 'replicas as text',
    by: 'schema',
    ...crmApi,
    path: 'spec.replicas',
    value: 'two',
  },
  {
    what: 'memory of 512 megs',
    by: 'schema',
    ...crmApi,
    path: `${CONTAINER}.resources.limits.memory`,
    value: '512 megs',
  },
  {
    what: 'an API version that was removed',
    by: 'schema',
    at: 'PodDisruptionBudget/crm-api',
    path: 'apiVersion',
    value: 'policy/v1beta1',
  },
  {
    what: 'a misspelt field of a custom resource',
    by: 'schema',
    ...scaled,
    path: 'spec.minReplicasCount',
    value: 2,
  },
  {
    what: 'a value that is none of the possible ones',
    by: 'schema',
    ...crmApi,
    path: `${CONTAINER}.imagePullPolicy`,
    value: 'Sometimes',
  },
  {
    what: 'a selector that misses its own pods',
    by: 'selector',
    ...crmApi,
    path: `spec.selector.matchLabels.${COMPONENT}`,
    value: 'crm',
  },
  {
    what: 'a probe of a port that is not there',
    by: 'probe-ports',
    ...crmApi,
    path: `${CONTAINER}.readinessProbe.httpGet.port`,
    value: 'ready',
  },
  {
    what: 'no liveness probe',
    by: 'probes',
    ...relays,
    path: `${CONTAINER}.livenessProbe`,
  },
  {
    what: 'a Service to a port that is not there',
    by: 'service-targets',
    at: 'Service/crm-api',
    path: 'spec.ports.0.targetPort',
    value: 'api',
  },
  {
    what: 'a port without a protocol',
    by: 'ports',
    ...crmApi,
    path: `${CONTAINER}.ports.0.protocol`,
  },
  {
    what: 'a mount without a volume',
    by: 'mounts',
    ...crmApi,
    path: `${CONTAINER}.volumeMounts.tmp.name`,
    value: 'data',
  },
  {
    what: 'no limit of memory',
    by: 'resources',
    ...crmApi,
    path: `${CONTAINER}.resources.limits`,
  },
  {
    what: 'a limit of CPU on a relay',
    by: 'resources',
    ...relays,
    path: `${CONTAINER}.resources.limits.cpu`,
    value: '2',
  },
  {
    what: 'replicas beside an autoscaler',
    by: 'rollout',
    ...relays,
    set: 'all-on',
    path: 'spec.replicas',
    value: 3,
  },
  {
    what: 'a rollout that can never begin',
    by: 'rollout',
    ...crmApi,
    path: 'spec.strategy.rollingUpdate.maxSurge',
    value: 0,
  },
  {
    what: 'two variables of one name',
    by: 'unique-names',
    ...crmApi,
    path: `${CONTAINER}.env.HOST.name`,
    value: 'CRM_API_PORT',
  },
  {
    what: 'a container that runs as root',
    by: 'non-root',
    ...crmApi,
    path: `${POD}.securityContext.runAsUser`,
    value: 0,
  },
  {
    what: 'a root file system that can be written',
    by: 'hardening',
    at: 'Deployment/edge',
    path: `${CONTAINER}.securityContext.readOnlyRootFilesystem`,
    value: false,
  },
  {
    what: 'the network of the node',
    by: 'host',
    ...relays,
    path: `${POD}.hostNetwork`,
    value: true,
  },
  {
    what: 'the image latest',
    by: 'image-tag',
    ...crmApi,
    path: `${CONTAINER}.image`,
    value: 'registry.example.com/voice/tandem-crm-api:latest',
  },
  {
    what: 'a secret in plain sight',
    by: 'secret-in-env',
    ...relays,
    path: `${CONTAINER}.env.OPENAI_API_KEY.value`,
    value: 'sk-1234',
  },
  {
    what: 'a password inside an address',
    by: 'secret-in-env',
    at: 'Deployment/tool-worker',
    path: `${CONTAINER}.env.CRM_API_URL.value`,
    value: 'http://crm:hunter2@crm-api:8082',
  },
  {
    what: 'service links left on',
    by: 'service-links',
    ...crmApi,
    path: `${POD}.enableServiceLinks`,
  },
  {
    what: 'a token of the API server in a pod',
    by: 'token',
    ...crmApi,
    path: `${POD}.automountServiceAccountToken`,
    value: true,
  },
  {
    what: "an account that is nobody's",
    by: 'service-accounts',
    ...crmApi,
    path: `${POD}.serviceAccountName`,
    value: 'default',
  },
  {
    what: 'a setting that does not exist',
    by: 'settings',
    ...relays,
    path: `${CONTAINER}.env.RELAY_MAX_CALLS.name`,
    value: 'RELAY_MAXIMUM_CALLS',
  },
  {
    what: 'a required setting that is missing',
    by: 'settings',
    at: 'Deployment/call-ingress',
    path: `${CONTAINER}.env.DATABASE_URL.valueFrom`,
  },
  {
    what: 'a setting with a value the service refuses',
    by: 'settings',
    ...relays,
    path: `${CONTAINER}.env.RELAY_DRAIN_GRACE_MS.value`,
    value: '9m',
  },
  {
    what: "a service on another port than its container's",
    by: 'settings',
    ...crmApi,
    path: `${CONTAINER}.env.CRM_API_PORT.value`,
    value: '8090',
  },
  {
    what: 'a relay killed before its drain is over',
    by: 'drain',
    ...relays,
    path: `${POD}.terminationGracePeriodSeconds`,
    value: 30,
  },
  {
    what: 'relays without names of their own',
    by: 'relay-address',
    at: 'Service/media-relay',
    path: 'spec.clusterIP',
  },
  {
    what: 'an edge that does not know the relays',
    by: 'relay-address',
    at: 'Deployment/edge',
    path: `${CONTAINER}.env.RELAY_PATTERN.value`,
    value: '^/media/relay-[0-9]+$',
  },
  {
    what: 'a pod without a NetworkPolicy',
    by: 'network-policy',
    at: 'NetworkPolicy/crm-api',
    path: `spec.podSelector.matchLabels.${COMPONENT}`,
    value: 'crm',
  },
  {
    what: 'a policy that leaves the way out open',
    by: 'network-policy',
    at: 'NetworkPolicy/crm-api',
    path: 'spec.policyTypes',
    value: ['Ingress'],
  },
  {
    what: 'a network that is none',
    by: 'networks',
    at: 'NetworkPolicy/migrate',
    path: 'spec.egress.1.to.0.ipBlock.cidr',
    value: '10.0.9.0/33',
  },
  {
    what: 'pods that may all be on one node',
    by: 'spread',
    ...relays,
    path: `${POD}.topologySpreadConstraints`,
  },
  {
    what: 'a budget that holds up every drain of a node',
    by: 'disruption',
    ...crmApi,
    path: 'spec.replicas',
    value: 1,
  },
  {
    what: 'an autoscaler of something that is not there',
    by: 'scaling',
    at: 'HorizontalPodAutoscaler/crm-api',
    set: 'all-on',
    path: 'spec.scaleTargetRef.name',
    value: 'crm',
  },
  {
    what: 'a trigger that takes no data for an empty fleet',
    by: 'keda',
    ...scaled,
    path: `${trigger}.ignoreNullValues`,
    value: 'true',
  },
  {
    what: 'relays taken away at once',
    by: 'keda',
    ...scaled,
    path: 'spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds',
    value: 0,
  },
  {
    what: 'a scaling query for a metric nobody has',
    by: 'scaling-queries',
    ...scaled,
    path: `${trigger}.query`,
    value: 'sum(tandem_relay_calls)',
  },
  {
    what: 'an alert on a metric nobody has',
    by: 'alerts',
    at: 'PrometheusRule/alerts',
    set: 'all-on',
    path: 'spec.groups.1.rules.0.expr',
    value: 'tandem_callers_waiting > 0',
  },
  {
    what: 'a monitor that selects nothing',
    by: 'monitors',
    at: 'PodMonitor/services',
    set: 'all-on',
    path: 'spec.selector.matchLabels.x',
    value: 'y',
  },
  {
    what: 'a hook that wants a ServiceAccount of its own release',
    by: 'hooks',
    at: 'Job/migrate',
    path: `${POD}.serviceAccountName`,
    value: 'tandem-migrate',
  },
  {
    what: 'a Job that starts again for ever',
    by: 'restart-policy',
    at: 'Job/migrate',
    path: `${POD}.restartPolicy`,
    value: 'Always',
  },
  {
    what: 'a ConfigMap that is not there',
    by: 'references',
    at: 'Deployment/edge',
    path: `${POD}.volumes.config.configMap.name`,
    value: 'edge',
  },
];
