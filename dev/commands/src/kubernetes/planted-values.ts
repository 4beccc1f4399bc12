/** A mistake in values, which Helm itself must refuse. */
export interface PlantedValue {
  readonly what: string;
  readonly values: string;
  /** Words the refusal must have. */
  readonly says: RegExp;
}

export const PLANTED_VALUES: readonly PlantedValue[] = [
  { what: 'an unknown key', values: 'replicaCount: 3', says: /replicaCount/ },
  { what: 'an unknown key deep inside', values: 'relay: { maxCall: 100 }', says: /maxCall/ },
  { what: 'a setting that does not exist', values: 'settings: { LOG_LEVLE: warn }', says: /LOG_LEVLE/ },
  {
    what: 'a secret among the settings',
    values: 'settings: { OPENAI_API_KEY: sk-1 }',
    says: /OPENAI_API_KEY/,
  },
  { what: 'a setting the chart sets itself', values: 'settings: { RELAY_ID: one }', says: /RELAY_ID/ },
  { what: 'a mode that does not exist', values: 'migrations: { mode: manual }', says: /migrations|mode/ },
  { what: 'the tag "latest"', values: 'image: { tag: latest }', says: /latest/ },
  { what: 'no host', values: "hosts: { voice: '' }", says: /hosts\.voice/ },
  {
    what: 'a hook that waits for a Secret of its own release',
    values: 'externalSecrets: { enabled: true, store: { name: vault }, remoteKey: tandem }',
    says: /migrations\.mode/,
  },
  {
    what: 'autoscaling without room',
    values: 'relay: { autoscaling: { mode: cpu, min: 5, max: 5 } }',
    says: /min below max/,
  },
  {
    what: 'AudioSockets for everybody',
    values: 'audioSocket: { enabled: true, host: pbx.example.com, sourceRanges: [0.0.0.0/0] }',
    says: /neither encryption nor a password/,
  },
  {
    what: 'AudioSockets for nobody',
    values: 'audioSocket: { enabled: true, host: pbx.example.com }',
    says: /audioSocket\.sourceRanges: networks/,
  },
  {
    what: 'AudioSockets through nginx',
    values: 'edge: { flavour: nginx }\naudioSocket: { enabled: true, host: a, sourceRanges: [10.1.0.0/16] }',
    says: /flavour haproxy/,
  },
  {
    what: 'AudioSockets at a balancer the PBX is told no name of',
    values: 'audioSocket: { enabled: true, sourceRanges: [10.1.0.0/16] }',
    says: /audioSocket\.host/,
  },
  {
    what: 'AudioSockets at a port of the nodes that nobody knows',
    values:
      'audioSocket: { enabled: true, host: a, sourceRanges: [10.1.0.0/16], service: { type: NodePort } }',
    says: /audioSocket\.service\.nodePort/,
  },
];
