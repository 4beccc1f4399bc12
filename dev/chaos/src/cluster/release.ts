import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVERS_IMAGE } from '@tandem/commands/containers';
import { selfSigned, type Certificate, type Cluster } from '@tandem/commands/cluster';
import { checkoutRoot, StackError } from '@tandem/stack';

export const NAMESPACE = 'voice';
export const VOICE_HOST = 'voice.example.com';
export const TANDEM_SECRET = 's'.repeat(40);
const RELEASE = 'tandem';
/** Hosts of the servers that the release is given. */
const REDIS = 'redis.servers';
const POSTGRES = 'postgres.servers';

/** Parts of the chart that a server of Kubernetes 1.20 does not know, and what it knows instead. */
const FOR_OLD_SERVER: readonly (readonly [file: string, from: RegExp, to: string])[] = [
  ['Chart.yaml', /^kubeVersion: .*$/m, "kubeVersion: '>=1.20.0-0'"],
  ['templates/disruption.yaml', /apiVersion: policy\/v1$/m, 'apiVersion: policy/v1beta1'],
  ['templates/disruption.yaml', /^ *unhealthyPodEvictionPolicy: .*\n/m, ''],
  ['templates/_pod.tpl', /sleep:\n *seconds: (.*)$/m, 'exec: { command: [sleep, "$1"] }'],
];

/** Where the release finds what lies outside the cluster. */
export interface Surroundings {
  readonly authToken: string;
  readonly accountSid: string;
  readonly carrierApiUrl: string;
  readonly modelUrl: string;
}

/** One release of the chart in a cluster, installed by Helm as an operator does. */
export class Release {
  readonly certificate: Certificate = selfSigned(VOICE_HOST);

  constructor(
    private readonly cluster: Cluster,
    private readonly helm: string,
    private readonly folder: string,
    private readonly surroundings: Surroundings,
  ) {}

  /** Namespaces, servers and the Secrets that exist before a release. */
  async prepare(): Promise<void> {
    const { cluster, folder, certificate, surroundings } = this;
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    await cluster.kubectl(['create', 'namespace', 'servers']);
    await cluster.kubectl(['create', 'namespace', NAMESPACE]);
    await cluster.kubectl(['apply', '--validate=false', '--filename', file('servers.json', servers())]);
    const secret = (kind: readonly string[], options: readonly string[]) =>
      cluster.kubectl(['--namespace', NAMESPACE, 'create', 'secret', ...kind, ...options]);
    const literals = {
      TANDEM_SECRET,
      TWILIO_AUTH_TOKEN: surroundings.authToken,
      REDIS_URL: `redis://${REDIS}:6379`,
      DATABASE_URL: `postgres://postgres@${POSTGRES}:5432/tandem`,
      OPENAI_API_KEY: 'sk-simulated',
    };
    await secret(
      ['generic', 'tandem'],
      Object.entries(literals).map(([key, value]) => `--from-literal=${key}=${value}`),
    );
    const [cert, key] = [file('tls.crt', certificate.cert), file('tls.key', certificate.key)];
    await secret(['tls', 'tandem-tls'], [`--cert=${cert}`, `--key=${key}`]);
    for (const name of ['redis', 'postgres'])
      await cluster.kubectl(['--namespace', 'servers', 'rollout', 'status', `deployment/${name}`]);
    file('values.json', JSON.stringify(values(surroundings)));
    copyChart(join(folder, 'chart'));
  }

  /** Installs, or upgrades with these settings over the others. Returns what Helm wrote. */
  upgrade(set: Readonly<Record<string, string>> = {}): Promise<string> {
    return this.cluster.run(this.helm, [
      ...['upgrade', '--install', RELEASE, join(this.folder, 'chart'), '--namespace', NAMESPACE],
      ...['--values', join(this.folder, 'chart/values-small.yaml')],
      ...['--values', join(this.folder, 'values.json'), '--wait', '--timeout', '5m'],
      ...Object.entries(set).flatMap(([key, value]) => ['--set-string', `${key}=${value}`]),
    ]);
  }

  /** Runs `helm test`; returns what Helm wrote. */
  test(): Promise<string> {
    return this.cluster.run(this.helm, ['test', RELEASE, '--namespace', NAMESPACE, '--timeout', '2m']);
  }

  uninstall(): Promise<string> {
    return this.cluster.run(this.helm, ['uninstall', RELEASE, '--namespace', NAMESPACE, '--wait']);
  }
}

/** The chart, changed where the server is older than what it is written for. */
function copyChart(to: string): void {
  cpSync(join(checkoutRoot, 'helm/tandem'), to, { recursive: true });
  for (const [name, from, into] of FOR_OLD_SERVER) {
    const file = join(to, name);
    const text = readFileSync(file, 'utf8');
    if (!from.test(text)) throw new StackError(`${name} of the chart has no ${from.source} any more.`, '');
    writeFileSync(file, text.replace(from, into));
  }
}

/** Values over values-small.yaml: addresses of here, and requests that fit two cores. */
function values({ accountSid, carrierApiUrl, modelUrl }: Surroundings): object {
  const resources = { requests: { cpu: '20m', memory: '128Mi' } };
  const names = ['tool-worker', 'post-call-worker', 'crm-api', 'control-api'];
  const [repository, tag] = SERVERS_IMAGE.split(':');
  return {
    image: { registry: 'localhost', tag: '0.1.0' },
    hosts: { voice: VOICE_HOST },
    secrets: { existingSecret: 'tandem' },
    settings: {
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_API_URL: carrierApiUrl,
      OPENAI_REALTIME_URL: modelUrl,
      RELAY_PHRASE_PREPARATION: 'on',
      LOG_LEVEL: 'warn',
    },
    relay: { maxCalls: 100, drainSeconds: 60 },
    components: {
      ...Object.fromEntries(names.map((name) => [name, { replicas: 1, resources }])),
      'call-ingress': { resources, preStopSeconds: 3 },
      'media-relay': { resources },
      edge: { resources, preStopSeconds: 3 },
    },
    edge: {
      images: { haproxy: { repository, tag } },
      tls: { existingSecret: 'tandem-tls' },
      service: { type: 'NodePort', nodePort: 443 },
      // All callers have one address here.
      limits: { connectionsPerAddress: 100_000 },
    },
    networkPolicy: {
      redis: { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
      postgres: { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
    },
    tests: { insecureTls: true },
  };
}

/** Redis and PostgreSQL, as the release is given them. */
function servers(): string {
  const postgres = '/usr/lib/postgresql/15/bin';
  const data = '/var/lib/postgresql/15/main';
  const config = '-c config_file=/etc/postgresql/15/main/postgresql.conf';
  const start = [
    "echo 'host all all all trust' >> /etc/postgresql/15/main/pg_hba.conf",
    `${postgres}/pg_ctl -D ${data} -o "${config}" -w start`,
    'createdb tandem',
    `${postgres}/pg_ctl -D ${data} -w stop`,
    `exec ${postgres}/postgres -D ${data} ${config} -c listen_addresses='*' -c fsync=off`,
  ].join(' && ');
  const redis = ['redis-server', '--protected-mode', 'no', '--save', '', '--maxmemory-policy', 'noeviction'];
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      ...server('redis', 6379, redis, 100),
      // Debian's postgres user in an image of its own.
      ...server(
        'postgres',
        5432,
        ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', 'sh', '-c', start],
        0,
      ),
    ],
  });
}

function server(name: string, port: number, command: readonly string[], user: number): object[] {
  const labels = { app: name };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'servers' },
      spec: { selector: labels, ports: [{ port, protocol: 'TCP' }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'servers' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            securityContext: { runAsUser: user },
            containers: [
              {
                name,
                image: SERVERS_IMAGE,
                imagePullPolicy: 'Never',
                command,
                readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
              },
            ],
          },
        },
      },
    },
  ];
}
