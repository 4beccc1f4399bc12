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
];
