import type { PlantedMistake } from './planted-mistakes.ts';

const CONTAINER = 'spec.template.spec.containers.0';
/** The edge, where a PBX reaches relays through it. */
const throughEdge = { at: 'Deployment/edge', set: 'all-on', by: 'audiosocket-way' } as const;

/** Mistakes in the way of a PBX to a relay's AudioSocket. */
export const PLANTED_AUDIOSOCKETS: readonly PlantedMistake[] = [
  {
    what: 'an edge that looks up other names than those of relays',
    ...throughEdge,
    path: `${CONTAINER}.env.RELAY_PREFIX.value`,
    value: 'tandem-crm-api-',
  },
  {
    what: 'an edge that connects to another port of the relays',
    ...throughEdge,
    path: `${CONTAINER}.env.RELAY_AUDIOSOCKET_PORT.value`,
    value: '9092',
  },
  {
    what: 'an edge whose AudioSocket is not where its Service leads',
    ...throughEdge,
    path: `${CONTAINER}.ports.audiosocket.containerPort`,
    value: 9092,
  },
  {
    what: 'relays without the port of their AudioSocket',
    by: 'audiosocket-way',
    at: 'StatefulSet/media-relay',
    set: 'all-on',
    path: `${CONTAINER}.ports.audiosocket.containerPort`,
    value: 9092,
  },
  {
    what: 'a Service of AudioSockets that leads to the public port',
    by: 'audiosocket-way',
    at: 'Service/edge-audiosocket',
    set: 'all-on',
    path: 'spec.ports.0.targetPort',
    value: 'public',
  },
  {
    what: 'a balancer of AudioSockets that is open to everybody',
    by: 'audiosocket-way',
    at: 'Service/edge-audiosocket',
    set: 'all-on',
    path: 'spec.loadBalancerSourceRanges',
  },
  {
    what: 'an edge that takes every address for a PBX',
    by: 'audiosocket-networks',
    at: 'Deployment/edge',
    set: 'all-on',
    path: `${CONTAINER}.env.EDGE_PBX_NETWORKS.value`,
    value: '10.1.0.0/16 0.0.0.0/0',
  },
  {
    what: 'an AudioSocket of the edge that every network reaches',
    by: 'audiosocket-networks',
    at: 'NetworkPolicy/edge',
    set: 'all-on',
    path: 'spec.ingress.1.from',
  },
  {
    what: 'AudioSockets of relays that others than the edge reach',
    by: 'audiosocket-networks',
    at: 'NetworkPolicy/media-relay',
    set: 'all-on',
    path: 'spec.ingress.1.from',
    value: [{ ipBlock: { cidr: '10.1.0.0/16' } }],
  },
  {
    what: 'relays that no PBX of a flat network reaches',
    by: 'audiosocket-networks',
    at: 'NetworkPolicy/media-relay',
    set: 'audiosocket-pods',
    path: 'spec.ingress.1.ports.0.port',
    value: 9093,
  },
];
