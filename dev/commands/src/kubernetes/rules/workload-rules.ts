import { nameOf, podsOf, selects, specOf } from '../manifests.ts';
import type { Container, Manifest } from '../objects.ts';
import { ofKind, perPod, quantity, SCALERS, workloads } from './lookups.ts';
import type { Rule } from './rule.ts';

const MOST_NAME_CHARACTERS = 63;
const MOST_PORT_NAME_CHARACTERS = 15;
const DNS_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$/;
const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65_535;

/** Ports a probe or a Service may name. */
function hasPort(container: Container, port: string | number | undefined): boolean {
  return (container.ports ?? []).some(({ name, containerPort }) => port === name || port === containerPort);
}

function unreachable(container: Container): string[] {
  return PROBES.flatMap((kind) => {
    const probe = container[kind];
    if (!probe) return [];
    const port = (probe.httpGet ?? probe.tcpSocket)?.port;
    return hasPort(container, port) ? [] : [`${kind} asks port "${port}", which it does not have`];
  });
}

function portFaults({ ports = [] }: Container): string[] {
  return ports.flatMap(({ name = '', containerPort, protocol }) => [
    ...(isPort(containerPort) ? [] : [`port ${containerPort} is none`]),
    ...(name.length <= MOST_PORT_NAME_CHARACTERS ? [] : [`port name "${name}" is longer than 15 characters`]),
    // Helm 4 applies on the server, which fills it in: the next upgrade would be in conflict.
    ...(protocol ? [] : [`port ${containerPort} names no protocol`]),
  ]);
}

function servicePortFaults(service: Manifest): string[] {
  return (specOf(service).ports ?? []).flatMap(({ port, protocol }) => [
    ...(isPort(port) ? [] : [`${nameOf(service)} has the port ${port}`]),
    ...(protocol ? [] : [`${nameOf(service)} names no protocol`]),
  ]);
}

function targetFaults(service: Manifest, manifests: readonly Manifest[]): string[] {
  const { selector, ports = [] } = specOf(service);
  const matchLabels = selector as Record<string, string>;
  const pods = podsOf(manifests).filter(({ labels }) => selects({ matchLabels }, labels));
  if (pods.length === 0) return [`${nameOf(service)} selects no pod`];
  return ports.flatMap(({ port, targetPort = port }) =>
    pods.every(({ containers }) => containers.some((container) => hasPort(container, targetPort)))
      ? []
      : [`${nameOf(service)} leads to port "${targetPort}", which its pods do not have`],
  );
}

function resourceFaults(container: Container, component: string): string[] {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const missing = ['cpu', 'memory'].filter((name) => requests[name] === undefined);
  return [
    ...missing.map((name) => `asks for no ${name}`),
    ...(limits['memory'] === undefined ? ['has no limit of memory'] : []),
    ...Object.keys(limits)
      .filter((name) => quantity(limits[name]) < quantity(requests[name]))
      .map((name) => `has a limit of ${name} below its request`),
    ...(component === 'media-relay' && limits['cpu'] !== undefined
      ? ['has a limit of CPU, which breaks up audio']
      : []),
  ];
}

function rolloutFaults(manifest: Manifest, scaled: readonly string[]): string[] {
  const { replicas, strategy } = specOf(manifest);
  const { maxSurge, maxUnavailable } = strategy?.rollingUpdate ?? {};
  const isScaled = scaled.includes(nameOf(manifest));
  const both = isScaled && replicas !== undefined;
  const neither = !isScaled && replicas === undefined;
  return [
    ...(both ? [`${nameOf(manifest)} sets replicas, and so does its autoscaler`] : []),
    ...(neither ? [`${nameOf(manifest)} has neither replicas nor an autoscaler`] : []),
    ...(maxSurge === 0 && maxUnavailable === 0 ? [`${nameOf(manifest)} can never roll`] : []),
  ];
}

function nameFaults(manifest: Manifest): string[] {
  const { name, labels = {} } = manifest.metadata;
  const wrong = Object.values(labels).filter(
    (value) => !LABEL_VALUE.test(value) || value.length > MOST_NAME_CHARACTERS,
  );
  return [
    ...(DNS_NAME.test(name) && name.length <= MOST_NAME_CHARACTERS ? [] : [`${nameOf(manifest)} is no name`]),
    ...wrong.map((value) => `${nameOf(manifest)} has the label "${value}"`),
  ];
}

export const WORKLOAD_RULES: readonly Rule[] = [
  {
    name: 'selector',
    faultsOf: ({ manifests }) =>
      podsOf(workloads(manifests)).flatMap(({ owner, labels }) => {
        const { selector } = specOf(owner);
        return [
          ...(selects(selector, labels) ? [] : [`${nameOf(owner)} does not select its own pods`]),
          ...('app.kubernetes.io/version' in (selector?.matchLabels ?? {})
            ? [`${nameOf(owner)} selects by version, which changes`]
            : []),
        ];
      }),
  },
  {
    name: 'unique-names',
    faultsOf: ({ manifests }) => [
      ...repeated(manifests.map(nameOf)).map((name) => `${name} stands twice`),
      ...perPod(manifests, ({ containers }) => [
        ...repeated(containers.map(({ name }) => name)).map((name) => `has two containers called ${name}`),
        ...containers.flatMap(({ env = [] }) =>
          repeated(env.map(({ name }) => name)).map((name) => `is given ${name} twice`),
        ),
      ]),
    ],
  },
  { name: 'names', faultsOf: ({ manifests }) => manifests.flatMap(nameFaults) },
  {
    name: 'ports',
    faultsOf: ({ manifests }) => [
      ...perPod(manifests, ({ containers }) => containers.flatMap(portFaults)),
      ...ofKind(manifests, 'Service').flatMap(servicePortFaults),
    ],
  },
  {
    name: 'probe-ports',
    faultsOf: ({ manifests }) => perPod(manifests, ({ containers }) => containers.flatMap(unreachable)),
  },
  {
    name: 'service-targets',
    faultsOf: ({ manifests }) =>
      ofKind(manifests, 'Service').flatMap((service) => targetFaults(service, manifests)),
  },
  {
    name: 'probes',
    faultsOf: ({ manifests }) =>
      perPod(workloads(manifests), ({ main }) =>
        PROBES.filter((kind) => !main?.[kind]).map((kind) => `has no ${kind}`),
      ),
  },
  {
    name: 'mounts',
    faultsOf: ({ manifests }) =>
      perPod(manifests, ({ owner, spec, containers }) => {
        const claims = specOf(owner).volumeClaimTemplates ?? [];
        const volumes = [
          ...(spec.volumes ?? []).map(({ name }) => name),
          ...claims.map(({ metadata }) => metadata.name),
        ];
        const mounted = containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
        return [
          ...mounted.filter((name) => !volumes.includes(name)).map((name) => `mounts "${name}", no volume`),
          ...volumes
            .filter((name) => !mounted.includes(name))
            .map((name) => `has the volume "${name}" unused`),
        ];
      }),
  },
  {
    name: 'resources',
    faultsOf: ({ manifests }) =>
      perPod(manifests, ({ containers, component }) =>
        containers.flatMap((container) => resourceFaults(container, component)),
      ),
  },
  {
    name: 'rollout',
    faultsOf: ({ manifests }) => {
      const scaled = ofKind(manifests, ...SCALERS).map((scaler) => {
        const { kind, name } = specOf(scaler).scaleTargetRef ?? {};
        return `${kind}/${name}`;
      });
      return workloads(manifests).flatMap((manifest) => rolloutFaults(manifest, scaled));
    },
  },
  {
    name: 'restart-policy',
    faultsOf: ({ manifests }) =>
      perPod(manifests, ({ spec: { restartPolicy = 'Always' }, isLongRunning }) => {
        const isRight = isLongRunning
          ? restartPolicy === 'Always'
          : ['Never', 'OnFailure'].includes(restartPolicy);
        return isRight ? [] : [`has restartPolicy ${restartPolicy}`];
      }),
  },
];
