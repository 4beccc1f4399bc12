import { nameOf, podsOf, selects, specOf, type PodPlan } from '../manifests.ts';
import type { Manifest, PolicyRule } from '../objects.ts';
import { ofKind } from './lookups.ts';
import type { Rule } from './rule.ts';

const EVERYBODY: readonly string[] = ['0.0.0.0/0', '::/0'];

const podOf = (manifests: readonly Manifest[], component: string): PodPlan | undefined =>
  podsOf(manifests).find((pod) => pod.component === component);

const told = (pod: PodPlan | undefined, variable: string): string =>
  pod?.main?.env?.find(({ name }) => name === variable)?.value ?? '';

function openPort(pod: PodPlan | undefined): string {
  return String(pod?.main?.ports?.find(({ name }) => name === 'audiosocket')?.containerPort ?? '');
}

/** A PBX comes to the edge, the edge to the relay with the number in the UUID; or the PBX to the relay. */
function wayFaults(manifests: readonly Manifest[]): string[] {
  const relay = podOf(manifests, 'media-relay');
  const edge = podOf(manifests, 'edge');
  const port = told(relay, 'AUDIOSOCKET_PORT');
  const services = ofKind(manifests, 'Service').filter(({ metadata }) =>
    metadata.name.endsWith('-audiosocket'),
  );
  const isOfEdge = told(edge, 'EDGE_AUDIOSOCKET_LISTEN') !== '';
  if (port === '') return isOfEdge ? ['the edge takes AudioSockets, and relays do not'] : [];
  return [
    ...(openPort(relay) === port ? [] : [`relays take AudioSockets at ${port}, which is not open`]),
    ...(isOfEdge ? edgeFaults(relay, edge, port) : []),
    ...(isOfEdge === services.length > 0
      ? []
      : ['the edge takes AudioSockets and has no Service for them, or the other way round']),
    ...services.flatMap((service) => serviceFaults(service, edge)),
  ];
}

function edgeFaults(relay: PodPlan | undefined, edge: PodPlan | undefined, port: string): string[] {
  const names = `${relay?.owner.metadata.name}-`;
  const listens = told(edge, 'EDGE_AUDIOSOCKET_LISTEN').split(',');
  return [
    ...(told(edge, 'RELAY_AUDIOSOCKET_PORT') === port
      ? []
      : [`the edge looks for AudioSockets of relays elsewhere than at ${port}`]),
    ...(told(edge, 'RELAY_PREFIX') === names
      ? []
      : [
          `names of relays begin with ${names}, those the edge looks up with "${told(edge, 'RELAY_PREFIX')}"`,
        ]),
    ...(listens.every((address) => address.endsWith(`:${openPort(edge)}`))
      ? []
      : [`the edge takes AudioSockets at ${listens.join()}, which is not open`]),
  ];
}

function serviceFaults(service: Manifest, edge: PodPlan | undefined): string[] {
  const { type, ports = [], selector, loadBalancerSourceRanges = [] } = specOf(service);
  const leadsThere =
    selects({ matchLabels: selector as Record<string, string> }, edge?.labels ?? {}) &&
    ports.every(({ targetPort }) => targetPort === 'audiosocket');
  const isOpen =
    type === 'LoadBalancer' &&
    (loadBalancerSourceRanges.length === 0 ||
      loadBalancerSourceRanges.some((one) => EVERYBODY.includes(one)));
  return [
    ...(leadsThere ? [] : [`${nameOf(service)} does not lead to the edge's AudioSocket`]),
    ...(isOpen ? [`${nameOf(service)} is open to everybody`] : []),
  ];
}

/** AudioSockets are reached by the PBX alone, or those of relays by the edge alone. */
function networkFaults(manifests: readonly Manifest[]): string[] {
  const relay = podOf(manifests, 'media-relay');
  const edge = podOf(manifests, 'edge');
  const port = told(relay, 'AUDIOSOCKET_PORT');
  if (port === '') return [];
  const networks = told(edge, 'EDGE_PBX_NETWORKS').split(' ').filter(Boolean);
  const isOfEdge = told(edge, 'EDGE_AUDIOSOCKET_LISTEN') !== '';
  return [
    ...(edge && networks.length === 0 ? ['the edge takes questions of no PBX'] : []),
    ...networks
      .filter((network) => EVERYBODY.includes(network))
      .map((network) => `the edge takes ${network} for networks of a PBX`),
    ...letInFaults(manifests, relay, { port, isRight: isOfEdge ? isFromEdge : isFromNetworks }),
    ...(isOfEdge ? letInFaults(manifests, edge, { port, isRight: isFromNetworks }) : []),
  ];
}

/** Policies of a pod let in at this port whom they should, and nobody else. */
function letInFaults(
  manifests: readonly Manifest[],
  pod: PodPlan | undefined,
  { port, isRight }: { readonly port: string; readonly isRight: (rule: PolicyRule) => boolean },
): string[] {
  return ofKind(manifests, 'NetworkPolicy')
    .filter((policy) => selects(specOf(policy).podSelector, pod?.labels ?? {}))
    .flatMap((policy) => {
      const rules = (specOf(policy).ingress ?? []).filter(
        ({ ports }) => ports === undefined || ports.some((one) => String(one.port) === port),
      );
      return [
        ...(rules.length > 0 ? [] : [`${nameOf(policy)} lets no call of a PBX in`]),
        ...rules.filter((rule) => !isRight(rule)).map(() => `${nameOf(policy)} lets others in at ${port}`),
      ];
    });
}

const isFromEdge = ({ from = [] }: PolicyRule): boolean =>
  from.length > 0 &&
  from.every(
    ({ podSelector, namespaceSelector }) =>
      podSelector?.matchLabels?.['app.kubernetes.io/component'] === 'edge' && namespaceSelector === undefined,
  );

const isFromNetworks = ({ from = [] }: PolicyRule): boolean =>
  from.length > 0 && from.every(({ ipBlock }) => !EVERYBODY.includes(ipBlock?.cidr ?? ''));

export const AUDIOSOCKET_RULES: readonly Rule[] = [
  { name: 'audiosocket-way', faultsOf: ({ manifests }) => wayFaults(manifests) },
  { name: 'audiosocket-networks', faultsOf: ({ manifests }) => networkFaults(manifests) },
];
