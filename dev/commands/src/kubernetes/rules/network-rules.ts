import { BlockList, isIP } from 'node:net';
import { nameOf, podsOf, selects, specOf } from '../manifests.ts';
import type { Manifest, Peer } from '../objects.ts';
import { ofKind, perPod, workloads } from './lookups.ts';
import type { Rule } from './rule.ts';

type IpBlock = NonNullable<Peer['ipBlock']>;

function isNetwork(cidr: string): boolean {
  const [address = '', prefix = ''] = cidr.split('/');
  const version = isIP(address);
  return version !== 0 && /^\d+$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}

function isWithin(inner: string, outer: string): boolean {
  const [address = '', prefix = ''] = outer.split('/');
  const [first = ''] = inner.split('/');
  const family = (of: string) => (isIP(of) === 4 ? 'ipv4' : 'ipv6');
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), family(address));
  return list.check(first, family(first));
}

function blockFaults({ cidr, except = [] }: IpBlock): string[] {
  const wrong = [cidr, ...except].filter((network) => !isNetwork(network));
  if (wrong.length > 0) return wrong.map((network) => `names "${network}", which is no network`);
  return except
    .filter((network) => !isWithin(network, cidr))
    .map((network) => `takes ${network} out of ${cidr}, where it is not`);
}

function peersOf(policy: Manifest): Peer[] {
  const { ingress = [], egress = [] } = specOf(policy);
  return [...ingress, ...egress].flatMap(({ from = [], to = [] }) => [...from, ...to]);
}

/** Peers among our own pods are named by their labels alone. */
const isOurs = ({ podSelector, namespaceSelector }: Peer): boolean =>
  podSelector !== undefined && namespaceSelector === undefined;

function policyFaults(manifests: readonly Manifest[]): string[] {
  const policies = ofKind(manifests, 'NetworkPolicy');
  if (policies.length === 0) return [];
  const pods = podsOf(manifests);
  const closesBothWays = ({ policyTypes = [] }: { readonly policyTypes?: readonly string[] }) =>
    ['Ingress', 'Egress'].every((type) => policyTypes.includes(type));
  const isSelected = (selector: Peer['podSelector']) => pods.some(({ labels }) => selects(selector, labels));
  const open = pods.filter(
    ({ labels }) =>
      !policies.map(specOf).some((spec) => selects(spec.podSelector, labels) && closesBothWays(spec)),
  );
  return [
    ...open.map(({ owner }) => `${nameOf(owner)} may be reached by everybody, or reach everybody`),
    ...policies
      .filter((policy) => !isSelected(specOf(policy).podSelector))
      .map((policy) => `${nameOf(policy)} selects no pod`),
    ...policies.flatMap((policy) =>
      peersOf(policy)
        .filter((peer) => isOurs(peer) && !isSelected(peer.podSelector))
        .map(() => `${nameOf(policy)} names a peer that is no pod`),
    ),
  ];
}

/** A relay's Service, its pods' names and the edge's way to them fit together. */
function relayAddressFaults(manifests: readonly Manifest[]): string[] {
  const relays = ofKind(manifests, 'StatefulSet').find(({ metadata }) =>
    metadata.name.endsWith('media-relay'),
  );
  if (!relays) return ['there is no StatefulSet of relays'];
  const { name } = relays.metadata;
  const { serviceName = '', podManagementPolicy } = specOf(relays);
  const service = ofKind(manifests, 'Service').find(({ metadata }) => metadata.name === serviceName);
  const { clusterIP, publishNotReadyAddresses } = service?.spec ?? {};
  return [
    ...(clusterIP === 'None' && publishNotReadyAddresses === true
      ? []
      : [`the Service of ${name} does not give relays names of their own, also while they drain`]),
    ...(podManagementPolicy === 'Parallel' ? [] : [`${name} starts one relay after the other`]),
    ...edgeFaults(manifests, name, serviceName),
  ];
}

/** The edge takes the relays' names for relays, and looks them up under their Service. */
function edgeFaults(manifests: readonly Manifest[], relays: string, service: string): string[] {
  const edge = podsOf(manifests).find(({ component }) => component === 'edge')?.main;
  if (!edge) return [];
  const told = (variable: string) => edge.env?.find((entry) => entry.name === variable)?.value ?? '';
  return [
    ...(new RegExp(told('RELAY_PATTERN')).test(`/media/${relays}-12`)
      ? []
      : [`the edge does not take /media/${relays}-12 for a relay`]),
    ...(told('RELAY_SUFFIX').startsWith(`.${service}.`)
      ? []
      : [`the edge looks relays up under "${told('RELAY_SUFFIX')}"`]),
  ];
}

/** Services that Ingresses and routes lead to, by name and port. */
function backendsOf(route: Manifest): [string, string | number | undefined][] {
  return (specOf(route).rules ?? []).flatMap(({ http, backendRefs = [] }) => [
    ...(http?.paths ?? []).map(({ backend: { service } }): [string, string | number | undefined] => [
      service.name,
      service.port.name ?? service.port.number,
    ]),
    ...backendRefs.map(({ name, port }): [string, number] => [name, port]),
  ]);
}

function routeFaults(manifests: readonly Manifest[]): string[] {
  const hasPort = (name: string, wanted: string | number | undefined) =>
    ofKind(manifests, 'Service').some(
      (service) =>
        service.metadata.name === name &&
        specOf(service).ports?.some((port) => port.name === wanted || port.port === wanted),
    );
  return ofKind(manifests, 'Ingress', 'HTTPRoute').flatMap((route) =>
    backendsOf(route)
      .filter(([name, port]) => !hasPort(name, port))
      .map(([name, port]) => `${nameOf(route)} leads to ${name}:${port}, which is not there`),
  );
}

export const NETWORK_RULES: readonly Rule[] = [
  {
    name: 'networks',
    faultsOf: ({ manifests }) =>
      ofKind(manifests, 'NetworkPolicy').flatMap((policy) =>
        peersOf(policy).flatMap(({ ipBlock }) =>
          ipBlock ? blockFaults(ipBlock).map((fault) => `${nameOf(policy)} ${fault}`) : [],
        ),
      ),
  },
  { name: 'network-policy', faultsOf: ({ manifests }) => policyFaults(manifests) },
  { name: 'relay-address', faultsOf: ({ manifests }) => relayAddressFaults(manifests) },
  { name: 'routes', faultsOf: ({ manifests }) => routeFaults(manifests) },
  {
    name: 'references',
    faultsOf: ({ manifests }) => {
      const maps = ofKind(manifests, 'ConfigMap').map(({ metadata }) => metadata.name);
      return perPod(manifests, ({ spec }) =>
        (spec.volumes ?? []).flatMap(({ configMap }) =>
          configMap && !maps.includes(configMap.name)
            ? [`mounts the ConfigMap ${configMap.name}, which is not there`]
            : [],
        ),
      );
    },
  },
  {
    name: 'spread',
    faultsOf: ({ manifests }) =>
      perPod(workloads(manifests), ({ spec, labels }) => {
        const spreads = spec.topologySpreadConstraints ?? [];
        if (spreads.length === 0) return ['may run on one node altogether'];
        return spreads.every(({ labelSelector }) => selects(labelSelector, labels))
          ? []
          : ['spreads other pods'];
      }),
  },
];
