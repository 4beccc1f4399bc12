import { nameOf, podsOf } from '../manifests.ts';
import type { Container } from '../objects.ts';
import { ofKind, perPod } from './lookups.ts';
import type { Rule } from './rule.ts';

/** Names of variables whose values nobody may read in a manifest. */
const SECRET_NAME = /SECRET|TOKEN|PASSWORD|PRIVATE|API_KEY|(REDIS|DATABASE)_URL/;
const ADDRESS_WITH_PASSWORD = /:\/\/[^/\s:@]+:[^/\s@]+@/;

function hardeningFaults({ name, securityContext = {}, ports = [] }: Container): string[] {
  const {
    allowPrivilegeEscalation,
    readOnlyRootFilesystem,
    privileged,
    capabilities: { add = [], drop = [] } = {},
  } = securityContext;
  return [
    ...(allowPrivilegeEscalation === false ? [] : [`lets "${name}" gain privileges`]),
    ...(readOnlyRootFilesystem === true ? [] : [`lets "${name}" write its root file system`]),
    ...(drop.includes('ALL') ? [] : [`leaves "${name}" capabilities`]),
    ...(add.length > 0 ? [`gives "${name}" capabilities`] : []),
    ...(privileged ? [`runs "${name}" privileged`] : []),
    ...ports.flatMap(({ hostPort }) => (hostPort ? [`opens port ${hostPort} of the node`] : [])),
  ];
}

function imageFaults({ image = '' }: Container): string[] {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return [];
  const tag = /:([\w.-]+)$/.exec(image)?.[1];
  if (tag === undefined) return [`runs "${image}" without a tag`];
  return tag === 'latest' ? [`runs "${image}", whatever that will be`] : [];
}

function openSecrets({ env = [] }: Container): string[] {
  return env
    .filter(
      ({ name, value = '' }) => value !== '' && (SECRET_NAME.test(name) || ADDRESS_WITH_PASSWORD.test(value)),
    )
    .map(({ name }) => `has the secret ${name} in plain sight`);
}

export const SECURITY_RULES: readonly Rule[] = [
  {
    name: 'non-root',
    faultsOf: ({ manifests }) =>
      perPod(manifests, ({ spec }) => {
        const { runAsNonRoot, runAsUser, seccompProfile } = spec.securityContext ?? {};
        return [
          ...(runAsNonRoot === true && runAsUser !== 0 ? [] : ['may run as root']),
          ...(seccompProfile?.type === 'RuntimeDefault' ? [] : ['has no seccomp profile']),
        ];
      }),
  },
  {
    name: 'hardening',
    faultsOf: ({ manifests }) => perPod(manifests, ({ containers }) => containers.flatMap(hardeningFaults)),
  },
  {
    name: 'host',
    faultsOf: ({ manifests }) =>
      perPod(manifests, ({ spec }) => [
        ...(['hostNetwork', 'hostPID', 'hostIPC'] as const)
          .filter((field) => spec[field])
          .map((field) => `uses ${field}`),
        ...(spec.volumes ?? []).flatMap(({ hostPath }) => (hostPath ? ['mounts a folder of the node'] : [])),
      ]),
  },
  {
    name: 'token',
    faultsOf: ({ manifests }) =>
      perPod(manifests, ({ spec }) =>
        spec.automountServiceAccountToken === false ? [] : ['mounts a token of the API server'],
      ),
  },
  {
    name: 'service-links',
    faultsOf: ({ manifests }) =>
      perPod(manifests, ({ spec }) =>
        spec.enableServiceLinks === false ? [] : ['lets Kubernetes set CRM_API_PORT and others'],
      ),
  },
  {
    name: 'image-tag',
    faultsOf: ({ manifests }) => perPod(manifests, ({ containers }) => containers.flatMap(imageFaults)),
  },
  {
    name: 'secret-in-env',
    faultsOf: ({ manifests }) => [
      ...perPod(manifests, ({ containers }) => containers.flatMap(openSecrets)),
      ...ofKind(manifests, 'Secret').map((secret) => `${nameOf(secret)} is made by the chart`),
      ...ofKind(manifests, 'ConfigMap')
        .filter(({ data = {} }) => ADDRESS_WITH_PASSWORD.test(JSON.stringify(data)))
        .map((map) => `${nameOf(map)} holds a password`),
    ],
  },
  {
    name: 'service-accounts',
    faultsOf: ({ manifests }) => {
      const made = ofKind(manifests, 'ServiceAccount').map(({ metadata }) => metadata.name);
      const used = podsOf(manifests).map(({ spec }) => spec.serviceAccountName ?? '');
      return [
        ...made.filter((name) => !used.includes(name)).map((name) => `ServiceAccount/${name} is nobody's`),
        ...podsOf(manifests)
          .filter(({ isLongRunning, spec }) => isLongRunning && !spec.serviceAccountName)
          .map(({ owner }) => `${nameOf(owner)} runs under the namespace's own account`),
      ];
    },
  },
];
