import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkoutRoot, StackError } from '@tandem/stack';
import { readManifests } from '../../kubernetes/manifests.ts';
import { runTool, toolPath } from '../../kubernetes/tools.ts';
import { selfSigned } from '../../testing/self-signed.ts';
import { SERVERS_IMAGE } from './base-images.ts';
import { imageName } from './build-images.ts';
import type { ContainerTools } from './container-tools.ts';
import { containerOf, playable } from './playable.ts';

const HOST = 'voice.example.com';
/** Port of the edge's container: nothing translates 443 here. */
const PORT = 8443;
const READY_LIMIT_MS = 120_000;
const JOB_LIMIT_MS = 120_000;
const CALL_LIMIT_MS = 180_000;
const SETTINGS = {
  TANDEM_SECRET: 's'.repeat(40),
  TWILIO_AUTH_TOKEN: 'token-of-a-trial',
  OPENAI_API_KEY: 'sk-simulated',
};
const API_KEY = `tk_${'t'.repeat(43)}`;

const REDIS = ['redis-server', '--protected-mode', 'no', '--appendonly', 'yes', '--dir', '/tmp'];
/** Debian's package brings a cluster that listens on loopback only. */
const POSTGRES =
  "echo 'host all all all trust' >> /etc/postgresql/15/main/pg_hba.conf && " +
  'exec /usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main ' +
  "-c config_file=/etc/postgresql/15/main/postgresql.conf -c listen_addresses='*'";
/** Prints the metrics of the process in its container. */
const COUNT_CALLS =
  'fetch(`http://127.0.0.1:${process.env.MANAGEMENT_PORT}/metrics`).then((r)=>r.text()).then(console.log)';
const MODEL = ['service/dist/openai-realtime/cli.js', '--host', '0.0.0.0', '--control-port', 'off'];

/** Report of a call of the simulated carrier, as far as it is read here. */
export interface CallerReport {
  readonly isPassed: boolean;
  readonly failures: readonly string[];
  readonly call: {
    readonly callSid: string;
    readonly streams: readonly { readonly url: string }[];
  };
}

/** The overlay `k8s/overlays/small`, played by podman, with servers, a model and a carrier beside it. */
export class Trial {
  private constructor(
    private readonly tools: ContainerTools,
    readonly prefix: string,
    private readonly folder: string,
    readonly pods: readonly string[],
  ) {}

  /** @throws StackError with the end of a container's log when something does not come up */
  static async start(tools: ContainerTools, log: (line: string) => void): Promise<Trial> {
    const prefix = `try${process.pid}-`;
    const folder = mkdtempSync(join(tmpdir(), 'tandem-trial-'));
    // Users of containers read it.
    chmodSync(folder, 0o755);
    const certificate = selfSigned(HOST);
    writeFileSync(join(folder, 'authority.pem'), certificate.cert);
    const overlay = join(checkoutRoot, 'k8s/overlays/small');
    const built = readManifests(await runTool(await toolPath('kubectl'), ['kustomize', overlay]));
    const { pods, text, jobs } = playable(built, {
      prefix,
      image: localImage,
      env: {
        'media-relay': { OPENAI_REALTIME_URL: `ws://${prefix}model:8765/v1/realtime` },
        'call-ingress': {
          PUBLIC_BASE_URL: `https://${HOST}:${PORT}`,
          // A media host of its own would need a second certificate.
          PUBLIC_MEDIA_URL: `wss://${HOST}:${PORT}/media/{relay}`,
        },
        edge: { MEDIA_HOST: HOST },
      },
      secretFiles: { 'tandem-tls': { 'tls.crt': certificate.cert, 'tls.key': certificate.key } },
    });
    const trial = new Trial(tools, prefix, folder, pods);
    try {
      await tools.podman(['network', 'create', trial.network]);
      await trial.makeSecret();
      await trial.startServers();
      for (const job of jobs) await trial.runJob(job);
      await trial.fillIn();
      await trial.play('platform', text);
      log(`${pods.length} pods of k8s/overlays/small are started`);
      await trial.allReady();
      return trial;
    } catch (error) {
      await trial.stop();
      throw error;
    }
  }

  /** Names of the pods of relays. */
  get relays(): readonly string[] {
    return this.pods.filter((pod) => /media-relay-\d+$/.test(pod));
  }

  /** Runs a program of the image within a pod's container. */
  inside(pod: string, program: readonly string[]): Promise<{ code: number | null; text: string }> {
    return this.tools.try(['exec', containerOf(pod), ...program], 30_000);
  }

  /** Sends SIGTERM to a pod's container, and returns its exit code and how long it took. */
  async terminate(pod: string): Promise<{ readonly code: number; readonly ms: number }> {
    const startedAt = performance.now();
    const container = containerOf(pod);
    await this.tools.podman(['kill', '--signal', 'TERM', container]);
    const code = Number(await this.tools.podman(['wait', container]));
    return { code, ms: Math.round(performance.now() - startedAt) };
  }

  /** Returns the pod of the relay that holds a call, once one does. */
  async holder(): Promise<string> {
    for (const end = Date.now() + READY_LIMIT_MS; Date.now() < end; await sleep(500))
      for (const relay of this.relays) {
        const { text } = await this.inside(relay, ['node', '--eval', COUNT_CALLS]);
        if (/^tandem_relay_active_calls(?:\{[^}]*\})? 1$/m.test(text)) return relay;
      }
    throw new StackError('No relay holds a call.', '');
  }

  /** Returns the first column of the first row that a query gives; empty when there is none. */
  async sql(query: string): Promise<string> {
    const psql = [
      'psql',
      '--tuples-only',
      '--no-align',
      '--username',
      'postgres',
      'tandem',
      '--command',
      query,
    ];
    const { code, text } = await this.tools.try([
      'exec',
      '--user',
      'postgres',
      this.name('postgres'),
      ...psql,
    ]);
    if (code !== 0) throw new StackError(`psql: ${text}`, '');
    return text.trim();
  }

  /**
   * Rings as a carrier does, through the edge with TLS.
   * @param scenario of the carrier's simulator, as in its own files
   */
  async call(scenario: object): Promise<CallerReport> {
    const file = join(this.folder, 'caller.json');
    writeFileSync(file, JSON.stringify(scenario));
    const edge = await this.addressOf(`${this.prefix}tandem-edge`);
    const { output, text } = await this.tools.try(
      [
        'run',
        '--rm',
        '--no-healthcheck',
        '--read-only',
        '--cap-drop=ALL',
        '--network',
        this.network,
        '--add-host',
        `${HOST}:${edge}`,
        '--volume',
        `${this.folder}:/trial:ro`,
        '--env',
        'NODE_EXTRA_CA_CERTS=/trial/authority.pem',
        '--env',
        `TWILIO_AUTH_TOKEN=${SETTINGS.TWILIO_AUTH_TOKEN}`,
        imageName('simulators'),
        'service/dist/twilio/cli.js',
        'call',
        '--json',
        '--to',
        '+12025550100',
        '--from',
        '+12025550123',
        '--voice-url',
        `https://${HOST}:${PORT}/twilio/voice`,
        '--scenario',
        '/trial/caller.json',
      ],
      CALL_LIMIT_MS,
    );
    try {
      return JSON.parse(output) as CallerReport;
    } catch {
      throw new StackError(`The simulated carrier: ${text.slice(-2_000)}`, '');
    }
  }

  /** Removes every pod, container, volume, secret, network and file of it. */
  async stop(): Promise<void> {
    const { tools } = this;
    for (const pod of await this.listed(['pod', 'ls', '--format', '{{.Name}}']))
      await tools.try(['pod', 'rm', '--force', '--time', '1', pod]);
    for (const container of await this.listed(['ps', '--all', '--format', '{{.Names}}']))
      await tools.try(['rm', '--force', '--time', '1', container]);
    for (const volume of await this.listed(['volume', 'ls', '--format', '{{.Name}}']))
      await tools.try(['volume', 'rm', '--force', volume]);
    await tools.try(['secret', 'rm', this.name('tandem')]);
    await tools.try(['network', 'rm', '--force', this.network]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get network(): string {
    return this.name('network');
  }

  private name(what: string): string {
    return this.prefix + what;
  }

  private async listed(args: readonly string[]): Promise<string[]> {
    const lines = (await this.tools.podman(args)).split('\n');
    return lines.filter((line) => line.startsWith(this.prefix));
  }

  private makeSecret(): Promise<string> {
    const settings = {
      ...SETTINGS,
      REDIS_URL: `redis://${this.name('redis')}:6379`,
      DATABASE_URL: `postgres://postgres@${this.name('postgres')}:5432/tandem`,
    };
    const data = Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    );
    const file = join(this.folder, 'secret.json');
    // Keys and values of a Secret: podman takes nothing around them.
    writeFileSync(file, JSON.stringify(data));
    return this.tools.podman(['secret', 'create', this.name('tandem'), file]);
  }

  /** Redis and PostgreSQL of Debian, and the simulated model. */
  private async startServers(): Promise<void> {
    const start = (name: string, args: readonly string[]) =>
      this.tools.podman([
        'run',
        '--detach',
        '--no-healthcheck',
        '--name',
        this.name(name),
        '--network',
        this.network,
        ...args,
      ]);
    await start('redis', [SERVERS_IMAGE, ...REDIS]);
    await start('postgres', ['--user', 'postgres', SERVERS_IMAGE, 'sh', '-c', POSTGRES]);
    await start('model', [imageName('simulators'), ...MODEL]);
    await this.until('PostgreSQL', this.name('postgres'), () =>
      this.tools.isTrue(['exec', '--user', 'postgres', this.name('postgres'), 'createdb', 'tandem']),
    );
  }

  private async play(what: string, text: string): Promise<void> {
    const file = join(this.folder, `${what}.yaml`);
    writeFileSync(file, text);
    await this.tools.podman(['kube', 'play', '--network', this.network, file]);
  }

  private async runJob({ pod, text }: { readonly pod: string; readonly text: string }): Promise<void> {
    await this.play('job', text);
    const { code, text: said } = await this.tools.try(['wait', containerOf(pod)], JOB_LIMIT_MS);
    if (code !== 0 || said.trim() !== '0')
      throw new StackError(`${pod}: ${await this.logOf(containerOf(pod))}`, '');
  }

  /** Tenant "demo", so that somebody answers the number. */
  private async fillIn(): Promise<void> {
    const env = {
      DATABASE_URL: `postgres://postgres@${this.name('postgres')}:5432/tandem`,
      DEMO_API_KEY: API_KEY,
    };
    const set = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const image = imageName('control-api');
    await this.tools.podman([
      'run',
      '--rm',
      '--no-healthcheck',
      '--network',
      this.network,
      ...set,
      image,
      'migrate.mjs',
      '--demo',
    ]);
  }

  private async allReady(): Promise<void> {
    for (const pod of this.pods)
      if (!pod.endsWith('-edge'))
        await this.until(pod, containerOf(pod), () =>
          this.inside(pod, ['node', 'health.mjs', '/readyz']).then(({ code }) => code === 0),
        );
  }

  private async until(what: string, container: string, isSo: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + READY_LIMIT_MS; !(await isSo()); await sleep(500))
      if (Date.now() > end) {
        throw new StackError(`${what} does not get ready: ${await this.logOf(container)}`, '');
      }
  }

  private async logOf(container: string): Promise<string> {
    return (await this.tools.try(['logs', '--tail', '30', container])).text;
  }

  private async addressOf(pod: string): Promise<string> {
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    const infra = await this.tools.podman(['pod', 'inspect', '--format', '{{.InfraContainerID}}', pod]);
    return (await this.tools.podman(['inspect', '--format', format, infra.trim()])).trim();
  }
}

/** Returns what is built here for the image of a registry that is an example, and Debian's for HAProxy. */
function localImage(name: string): string {
  const [, service] = /\/tandem-([a-z-]+):/.exec(name) ?? [];
  return service ? imageName(service) : SERVERS_IMAGE;
}
