import { nameOf, podsOf, specOf, writeYaml } from '../../kubernetes/manifests.ts';
import type { Container, Manifest, PodSpec } from '../../kubernetes/objects.ts';

export interface PlayOptions {
  /** Before the name of every object, so that two plays do not meet. */
  readonly prefix: string;
  /** Returns the image to use instead of the one named. */
  readonly image: (name: string) => string;
  /** Variables set over those of the objects, by component. */
  readonly env: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Files that a Secret of the cluster would hold, by its name. */
  readonly secretFiles: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Playable {
  /** Names of the pods that stay, in the order of the objects. */
  readonly pods: readonly string[];
  /** Pods that stay and what they mount, as `podman kube play` reads it. */
  readonly text: string;
  /** The same for the pods that run to their end first. */
  readonly jobs: readonly { readonly pod: string; readonly text: string }[];
}

/** Podman calls a container by its pod's name and its own. */
const MAIN = 'main';

/** Returns podman's name of the container in a pod. */
export const containerOf = (pod: string): string => `${pod}-${MAIN}`;

/** Domain that follows the names of a release in a cluster; a network of podman has bare names. */
const DOMAIN = /(?:\.tandem-media-relay)?\.tandem\.svc\.cluster\.local/g;

/**
 * Returns the objects of a release as podman takes them. Containers, settings, secrets and security contexts
 * are the release's own. A Service becomes the name of a single pod, a StatefulSet one pod for each relay.
 * Left out is what podman has no counterpart for: Services, policies, budgets, accounts, hooks, probes (it
 * would run `curl` inside) and ports (it would open them on the machine).
 */
export function playable(manifests: readonly Manifest[], options: PlayOptions): Playable {
  const maps = manifests.filter(({ kind }) => kind === 'ConfigMap').map((map) => renamed(map, options));
  const secrets = Object.entries(options.secretFiles).map(([name, data]) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: options.prefix + name },
    data,
  }));
  const plans = podsOf(manifests).map(({ owner, component, spec }) => {
    const count = owner.kind === 'StatefulSet' ? (specOf(owner).replicas ?? 1) : 0;
    const names = count === 0 ? [''] : Array.from({ length: count }, (_, index) => `-${index}`);
    return {
      isJob: owner.kind === 'Job',
      pods: names.map((suffix) => podOf(owner, component, spec, suffix, options)),
    };
  });
  const staying = plans.filter(({ isJob }) => !isJob).flatMap(({ pods }) => pods);
  return {
    pods: staying.map(({ metadata }) => metadata.name),
    text: stream([...maps, ...secrets, ...staying]),
    jobs: plans
      .filter(({ isJob }) => isJob)
      .flatMap(({ pods }) => pods)
      .map((pod) => ({ pod: pod.metadata.name, text: stream([pod]) })),
  };
}

function podOf(
  owner: Manifest,
  component: string,
  spec: PodSpec,
  suffix: string,
  options: PlayOptions,
): Manifest {
  const name = options.prefix + owner.metadata.name + suffix;
  const { securityContext, terminationGracePeriodSeconds, containers = [], volumes = [] } = spec;
  if (spec.initContainers?.length) throw new TypeError(`${nameOf(owner)} has init containers.`);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { component } },
    spec: {
      // A pod that is told to go is not started again, in a cluster neither.
      restartPolicy: 'Never',
      ...(securityContext ? { securityContext } : {}),
      ...(terminationGracePeriodSeconds ? { terminationGracePeriodSeconds } : {}),
      containers: containers
        .slice(0, 1)
        .map((container) => playedContainer(container, name, component, options)),
      volumes: volumes.map((volume) => volumeOf(volume, name, options)),
    },
  };
}

function playedContainer(
  container: Container,
  pod: string,
  component: string,
  options: PlayOptions,
): Container {
  const {
    startupProbe: _startup,
    readinessProbe: _readiness,
    livenessProbe: _liveness,
    lifecycle: _lifecycle,
    ports: _ports,
    ...kept
  } = container;
  const { env = [], image = '', volumeMounts = [] } = kept;
  const set = options.env[component] ?? {};
  return {
    ...kept,
    name: MAIN,
    image: options.image(image),
    env: [
      ...env
        .filter(({ name }) => !(name in set))
        .map(({ name, value, valueFrom }) => {
          if (value !== undefined) return { name, value: named(value, options) };
          // Labels are not told to a container of podman.
          if (valueFrom?.fieldRef?.fieldPath.startsWith('metadata.labels')) return { name, value: 'played' };
          const { secretKeyRef, ...other } = valueFrom ?? {};
          if (!secretKeyRef) return { name, valueFrom: other };
          return {
            name,
            valueFrom: { secretKeyRef: { ...secretKeyRef, name: options.prefix + secretKeyRef.name } },
          };
        }),
      ...Object.entries(set).map(([name, value]) => ({ name, value })),
    ],
    volumeMounts: volumeMounts.map((mount) => ({ ...mount, name: volumeName(mount.name, pod) })),
  };
}

/** Volumes of one name are one volume to podman, whichever pod names them. */
const volumeName = (name: string, pod: string): string => `${pod}-${name}`;

function volumeOf(volume: Volume, pod: string, options: PlayOptions): Volume {
  const name = volumeName(volume.name, pod);
  if (volume.configMap) return { name, configMap: { name: options.prefix + volume.configMap.name } };
  // A Secret as a volume is not known to podman 4.3.
  if (volume.secret) {
    const { secretName, items } = volume.secret;
    return { name, configMap: { name: options.prefix + secretName, ...(items ? { items } : {}) } };
  }
  return { ...volume, name };
}

/** A volume as far as it is read here. */
interface Volume {
  name: string;
  configMap?: { name: string; items?: { key: string; path: string }[] };
  secret?: { secretName: string; items?: { key: string; path: string }[] };
}

/** A setting in which the names of the release are those of its pods here. */
function named(value: string, { prefix }: PlayOptions): string {
  return value
    .replaceAll(DOMAIN, '')
    .replaceAll(/(?<![\w/.-])tandem-|(?<=\/media\/|:\/\/)tandem-/g, `${prefix}tandem-`);
}

function renamed(map: Manifest, { prefix }: PlayOptions): Manifest {
  return { ...map, metadata: { name: prefix + map.metadata.name } };
}

const stream = (objects: readonly object[]): string => objects.map((each) => writeYaml(each)).join('---\n');
