import { ConfigurationFault, loadServiceConfig, serviceSections, type ServiceName } from '@tandem/platform';
import { settingsByService } from '../chart-settings.ts';
import { nameOf, podsOf, type PodPlan } from '../manifests.ts';
import type { EnvironmentEntry, Manifest } from '../objects.ts';
import type { RenderedSet } from '../render.ts';
import { workloads } from './lookups.ts';
import type { Rule } from './rule.ts';

/** Variables that are Node's or those of libraries. */
const OF_OTHERS: readonly string[] = [
  'NODE_ENV',
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
  'NODE_USE_ENV_PROXY',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
];

/** Annotation of a service account whose pods EKS gives a role: the two variables below. */
const EKS_ROLE = 'eks.amazonaws.com/role-arn';

/** Values that keys of the Secret could have. */
const SECRETS: Readonly<Record<string, string>> = {
  TANDEM_SECRET: 'x'.repeat(32),
  REDIS_URL: 'rediss://redis.example.com:6379',
  DATABASE_URL: 'postgres://db.example.com/tandem',
  TWILIO_AUTH_TOKEN: 'token',
};

const isService = (name: string): name is ServiceName => name in serviceSections;

/** Returns the environment a service would find, with what the Secret must hold and no more. */
function environmentOf(
  { owner, containers, component, spec }: PodPlan,
  manifests: readonly Manifest[],
): Record<string, string> {
  const entries = containers.find(({ name }) => name === component)?.env ?? [];
  const given = Object.fromEntries(entries.map((entry) => [entry.name, valueOf(entry, owner.metadata.name)]));
  const account = manifests.find(
    ({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === spec.serviceAccountName,
  );
  const role = account?.metadata.annotations?.[EKS_ROLE];
  return {
    ...given,
    // Half of a pair whose other half is no secret.
    ...(given['AWS_ACCESS_KEY_ID'] ? { AWS_SECRET_ACCESS_KEY: 'secret' } : {}),
    ...(role && reads(component, 'AWS_ROLE_ARN')
      ? { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/token' }
      : {}),
  };
}

function reads(component: string, setting: string): boolean {
  return settingsByService()[component as ServiceName]?.[setting] !== undefined;
}

function valueOf({ value, valueFrom, name }: EnvironmentEntry, owner: string): string {
  if (value !== undefined) return value;
  const { secretKeyRef, fieldRef } = valueFrom ?? {};
  if (secretKeyRef && !secretKeyRef.optional) return SECRETS[name] ?? 'value';
  if (fieldRef?.fieldPath === 'metadata.name') return `${owner}-0`;
  return fieldRef ? 'f00d' : '';
}

function startFaults(service: ServiceName, environment: Record<string, string>): readonly string[] {
  try {
    loadServiceConfig(service, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationFault) return error.faults;
    throw error;
  }
}

function settingFaults({ manifests }: RenderedSet): string[] {
  const known = settingsByService();
  const pods = podsOf(workloads(manifests)).filter(({ component }) => isService(component));
  const missing = Object.keys(serviceSections).filter(
    (name) => !pods.some(({ component }) => component === name),
  );
  return [
    ...missing.map((name) => `${name} is not deployed`),
    ...pods.flatMap((pod) => {
      const service = pod.component as ServiceName;
      const environment = environmentOf(pod, manifests);
      const foreign = Object.keys(environment).filter(
        (name) => !known[service]?.[name] && !OF_OTHERS.includes(name),
      );
      return [
        ...foreign.map((name) => `${nameOf(pod.owner)} is given ${name}, which ${service} does not read`),
        ...startFaults(service, environment).map((fault) => `${nameOf(pod.owner)} would not start: ${fault}`),
        ...portFaults(pod, environment),
      ];
    }),
  ];
}

/** A service listens where its container says. */
function portFaults(
  { owner, containers, component }: PodPlan,
  environment: Record<string, string>,
): string[] {
  const ports = containers.find(({ name }) => name === component)?.ports ?? [];
  const portOf = (wanted: string) => ports.find(({ name }) => name === wanted)?.containerPort;
  const own = environment[`${component.replaceAll('-', '_').toUpperCase()}_PORT`];
  return [
    ...(String(portOf('http')) === own ? [] : [`${nameOf(owner)} listens on ${own}, not on its port http`]),
    ...(String(portOf('management')) === environment['MANAGEMENT_PORT']
      ? []
      : [`${nameOf(owner)} has its metrics elsewhere than on its port management`]),
  ];
}

/** Keys of the Secret are named by the setting they hold, or in `secrets.keys`. */
function secretFaults({ manifests }: RenderedSet): string[] {
  const secret = new Set(
    Object.values(settingsByService()).flatMap((settings) =>
      Object.entries(settings).flatMap(([name, setting]) => (setting.secret ? [name] : [])),
    ),
  );
  return podsOf(manifests).flatMap(({ owner, containers }) =>
    containers.flatMap(({ env = [] }) =>
      env
        .filter(
          ({ name, valueFrom }) => valueFrom?.secretKeyRef && !secret.has(name) && !OF_OTHERS.includes(name),
        )
        .map(({ name }) => `${nameOf(owner)} takes ${name} from a Secret, which is no secret setting`),
    ),
  );
}

export const SETTING_RULES: readonly Rule[] = [
  { name: 'settings', faultsOf: settingFaults },
  { name: 'secret-keys', faultsOf: secretFaults },
];
