import { settingsOfValues } from './chart-settings.ts';

/** A part of a JSON schema. */
type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const count = (minimum = 0, maximum?: number): Schema => ({
  type: 'integer',
  minimum,
  ...(maximum === undefined ? {} : { maximum }),
});
const part: Schema = { type: 'number', exclusiveMinimum: 0, maximum: 1 };
const oneOf = (...values: string[]): Schema => ({ type: 'string', enum: values });
/** Text of this shape, or empty. */
const shaped = (pattern: string): Schema => ({ type: 'string', pattern: `^(${pattern})?$` });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
/** Values that Kubernetes itself judges. */
const open: Schema = { type: 'object' };
const objects: Schema = listOf(open);
const labels: Schema = mapOf(text);
const closed = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
});

const HOST = '[a-z0-9]([a-z0-9.-]*[a-z0-9])?';
const quantity: Schema = { type: ['string', 'integer'], pattern: '^[0-9.]+(m|k|Ki|Mi|Gi|M|G)?$' };
const resources = closed({
  requests: closed({ cpu: quantity, memory: quantity, 'ephemeral-storage': quantity }),
  limits: closed({ cpu: quantity, memory: quantity, 'ephemeral-storage': quantity }),
});
const probe = open;

/** Values that every component can be given. */
const component: Readonly<Record<string, Schema>> = {
  replicas: count(0, 1000),
  resources,
  preStopSeconds: count(0, 3600),
  graceSeconds: count(1, 7200),
  autoscaling: closed({ enabled: flag, min: count(1), max: count(1), cpu: count(1, 100) }),
  maxUnavailable: orNull({ type: ['integer', 'string'] }),
  probes: closed({ startup: probe, readiness: probe, liveness: probe }),
  nodeOptions: text,
  extraEnv: objects,
  extraEnvFrom: objects,
  extraVolumes: objects,
  extraVolumeMounts: objects,
  extraContainers: objects,
  initContainers: objects,
  labels,
  annotations: labels,
  podLabels: labels,
  podAnnotations: labels,
  nodeSelector: labels,
  tolerations: objects,
  affinity: open,
  topologySpreadConstraints: orNull(objects),
  priorityClassName: text,
  runtimeClassName: text,
  serviceAccount: closed({ name: text, annotations: labels }),
  serviceAnnotations: labels,
};

const SERVICES = ['call-ingress', 'tool-worker', 'post-call-worker', 'crm-api', 'control-api'] as const;

/** A relay scales and drains by `relay`, not by what other components have for it. */
function relayComponent(): Schema {
  const { autoscaling: _scaling, graceSeconds: _grace, preStopSeconds: _stop, ...rest } = component;
  return closed(rest);
}

/** Migrations and tests run in no component of their own, but somewhere. */
function migrateComponent(): Schema {
  const { nodeSelector, tolerations, affinity, podLabels, podAnnotations } = component;
  return closed({
    nodeSelector: nodeSelector ?? open,
    tolerations: tolerations ?? objects,
    affinity: affinity ?? open,
    podLabels: podLabels ?? labels,
    podAnnotations: podAnnotations ?? labels,
  });
}

function edgeSchema(): Schema {
  const image = closed({ repository: text, tag: text, digest: shaped('sha256:[0-9a-f]{64}') });
  return closed({
    enabled: flag,
    flavour: oneOf('haproxy', 'nginx'),
    images: closed({ haproxy: image, nginx: image }),
    service: closed({
      type: oneOf('LoadBalancer', 'NodePort', 'ClusterIP'),
      annotations: labels,
      loadBalancerClass: text,
      loadBalancerSourceRanges: listOf(text),
      externalTrafficPolicy: oneOf('Local', 'Cluster'),
      nodePort: orNull(count(1, 65_535)),
    }),
    tls: closed({
      enabled: flag,
      existingSecret: text,
      certManager: closed({
        enabled: flag,
        issuer: closed({ name: text, kind: oneOf('Issuer', 'ClusterIssuer') }),
      }),
    }),
    mtls: closed({ enabled: flag, of: oneOf('all', 'carriers', 'api'), caSecret: text }),
    limits: closed({
      maxConnections: count(10),
      connectionsPerAddress: count(1),
      apiRequestsPerAddress: count(1),
    }),
  });
}

function relaySchema(): Schema {
  return closed({
    maxCalls: count(1, 5000),
    drainSeconds: count(0, 7200),
    autoscaling: closed({
      mode: oneOf('none', 'keda', 'cpu'),
      min: count(1),
      max: count(1),
      targetUtilisation: part,
      spareRelays: count(0),
      cpu: count(1, 100),
      scaleDown: closed({ windowSeconds: count(0, 3600), everySeconds: count(1, 1800) }),
      prometheus: closed({ serverAddress: text, selector: text, authenticationRef: text }),
    }),
  });
}

function audioSocketSchema(): Schema {
  return closed({
    enabled: flag,
    reach: oneOf('edge', 'podAddress', 'podName'),
    port: count(1024, 65_535),
    sourceRanges: listOf({ type: 'string', pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$' }),
    host: shaped(HOST),
    maxConnections: count(1),
    service: closed({
      type: oneOf('LoadBalancer', 'NodePort', 'ClusterIP'),
      annotations: labels,
      loadBalancerClass: text,
      externalTrafficPolicy: oneOf('Local', 'Cluster'),
      nodePort: orNull(count(1, 65_535)),
    }),
  });
}

function settingsSchema(): Schema {
  return closed(
    Object.fromEntries(
      settingsOfValues().map(({ env, description }) => [
        env,
        { type: ['string', 'integer', 'boolean'], description },
      ]),
    ),
  );
}

function networkPolicySchema(): Schema {
  const peers = closed({ to: objects, port: count(1, 65_535) });
  return closed({
    enabled: flag,
    redis: closed({ to: objects, port: count(1, 65_535), sentinelPort: count(0, 65_535) }),
    postgres: peers,
    dns: closed({ namespaceSelector: open, podSelector: open }),
    monitoring: closed({ namespaceSelector: open, podSelector: open }),
    edgeFrom: objects,
    audioSocketFrom: objects,
    controlApiFrom: objects,
    collectorPort: count(1, 65_535),
    privateNetworks: listOf(text),
    extra: mapOf(closed({ ingress: objects, egress: objects })),
  });
}

const other: Readonly<Record<string, () => Schema>> = {
  image: () =>
    closed({
      registry: text,
      tag: text,
      digests: mapOf({ type: 'string', pattern: '^sha256:[0-9a-f]{64}$' }),
      pullPolicy: oneOf('IfNotPresent', 'Always', 'Never'),
      pullSecrets: listOf(text),
    }),
  hosts: () => closed({ voice: shaped(HOST), media: shaped(HOST), api: shaped(HOST) }),
  secrets: () =>
    closed({ existingSecret: text, keys: mapOf(closed({ name: text, key: text })), revision: text }),
  externalSecrets: () =>
    closed({
      enabled: flag,
      store: closed({ name: text, kind: oneOf('SecretStore', 'ClusterSecretStore') }),
      remoteKey: text,
      refreshInterval: text,
    }),
  settings: settingsSchema,
  relay: relaySchema,
  edge: edgeSchema,
  audioSocket: audioSocketSchema,
  networkPolicy: networkPolicySchema,
  recordings: () =>
    closed({
      enabled: flag,
      bucket: text,
      existingClaim: text,
      keyFileKey: text,
      kmsKeyId: text,
      workloadIdentity: flag,
      spoolSize: shaped('[0-9]+(Mi|Gi|Ti)'),
      storageClass: text,
    }),
  ingress: () => closed({ enabled: flag, className: text, annotations: labels, tlsSecret: text }),
  gateway: () => closed({ enabled: flag, parentRefs: objects, annotations: labels }),
  migrations: () =>
    closed({
      mode: oneOf('hook', 'job', 'init', 'off'),
      databaseKey: text,
      annotations: labels,
      deadlineSeconds: count(1),
      resources,
    }),
  monitoring: () =>
    closed({
      scrape: oneOf('none', 'pods', 'services'),
      rules: flag,
      labels,
      interval: shaped('[0-9]+s'),
      runbookBase: text,
    }),
  podSecurity: () =>
    closed({ runAsUser: orNull(count(1)), runAsGroup: orNull(count(1)), fsGroup: orNull(count(1)) }),
  tests: () => closed({ enabled: flag, insecureTls: flag }),
};

/** Returns the JSON schema of the chart's values: every key is known, but `global` is another chart's. */
export function valuesSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the Tandem chart',
    description: 'Written by "npm run docs".',
    ...closed({
      enabled: flag,
      global: open,
      nameOverride: shaped('[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?'),
      fullnameOverride: shaped('[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?'),
      commonLabels: labels,
      commonAnnotations: labels,
      clusterDomain: { type: 'string', pattern: `^${HOST}$` },
      ipFamilyPolicy: oneOf('', 'SingleStack', 'PreferDualStack', 'RequireDualStack'),
      defaults: closed(component),
      components: closed({
        ...Object.fromEntries([...SERVICES, 'edge'].map((name) => [name, closed(component)])),
        'media-relay': relayComponent(),
        migrate: migrateComponent(),
      }),
      ...Object.fromEntries(Object.entries(other).map(([key, schema]) => [key, schema()])),
      extraManifests: objects,
    }),
  };
}
