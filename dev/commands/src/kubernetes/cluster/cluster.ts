import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoundedLog, KeptProcess, runCommand, StackError } from '@tandem/stack';
import { NameServer } from '../../deploy/edge/name-server.ts';
import { API, NODE_ADDRESS, readSettings, type ClusterSettings } from './cluster-settings.ts';
import type { ClusterPrograms } from './programs.ts';

const READY_LIMIT_MS = 120_000;
const COMMAND_LIMIT_MS = 900_000;
const NAMES_EVERY_MS = 300;

/** An object of the API, as far as it is read here. */
export interface ApiObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly clusterIP?: string };
  readonly subsets?: readonly {
    readonly addresses?: readonly { readonly ip: string; readonly hostname?: string }[];
  }[];
  readonly status?: { readonly phase?: string; readonly podIP?: string };
}

/**
 * A Kubernetes of one node: the real API server, controllers, scheduler, kubelet and proxy, with containerd.
 * Runs in the network, mount and process namespaces of this process, which `enterNamespaces` made.
 */
export class Cluster {
  private readonly processes: KeptProcess[] = [];
  private names: NameServer | null = null;
  private isStopping = false;

  private constructor(
    private readonly folder: string,
    private readonly programs: ClusterPrograms,
    readonly settings: ClusterSettings,
    private readonly kubectlProgram: string,
  ) {}

  /**
   * @param folder with what `writeSettings` wrote; short, because sockets are in it
   * @throws StackError that names what does not come up, and the folder of its log
   */
  static async start(
    folder: string,
    programs: ClusterPrograms,
    kubectl: string,
    log: (line: string) => void,
  ): Promise<Cluster> {
    const cluster = new Cluster(folder, programs, readSettings(folder), kubectl);
    mkdirSync(join(folder, 'logs'));
    try {
      await cluster.makeNetwork();
      cluster.names = await NameServer.start({ host: NODE_ADDRESS, port: 53 });
      for (const name of Object.keys(cluster.settings.args)) {
        await cluster.launch(name as keyof ClusterPrograms);
        if (name === 'kube-apiserver') await cluster.until('the API', () => cluster.isReady());
      }
      void cluster.followNames();
      await cluster.until('the node', async () =>
        (await cluster.tryKubectl(['get', 'node', 'node'])).includes(' Ready'),
      );
      log('Kubernetes is up: ' + (await cluster.kubectl(['get', 'nodes', '--no-headers'])).trim());
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Loads images from an archive of podman. */
  async load(archive: string): Promise<void> {
    const where = ['--address', this.settings.containerdSocket, '--namespace', 'k8s.io'];
    await this.run(this.programs.ctr, [...where, 'images', 'import', archive]);
  }

  /** Returns what kubectl wrote. @throws StackError with its complaint when it fails */
  kubectl(args: readonly string[]): Promise<string> {
    return this.run(this.kubectlProgram, args);
  }

  /** Runs a program that talks to this cluster. @throws StackError with its complaint when it fails */
  async run(program: string, args: readonly string[]): Promise<string> {
    const { code, output, complaint } = await this.attempt(program, args);
    if (code === 0) return output.toString();
    throw new StackError(`${program.split('/').at(-1)} ${args.join(' ')}: ${complaint}`, '');
  }

  /** Returns every object of a kind, such as `pods` or `endpoints`, of the core API. */
  async list(kind: string): Promise<readonly ApiObject[]> {
    const response = await fetch(`${API}/api/v1/${kind}`, {
      headers: { authorization: `Bearer ${this.settings.token}` },
    });
    if (!response.ok) throw new StackError(`The API: ${response.status} ${await response.text()}`, '');
    return ((await response.json()) as { items: ApiObject[] }).items;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.names?.stop();
    for (const kept of this.processes.reverse()) await kept.end([{ signal: 'SIGTERM', waitMs: 3_000 }]);
  }

  private attempt(program: string, args: readonly string[]) {
    return runCommand(program, args, {
      timeoutMs: COMMAND_LIMIT_MS,
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        KUBECONFIG: this.settings.kubeconfig,
      },
    });
  }

  private async tryKubectl(args: readonly string[]): Promise<string> {
    return (await this.attempt(this.kubectlProgram, args)).output.toString();
  }

  private async makeNetwork(): Promise<void> {
    const { ip } = this.programs;
    for (const args of [
      'link set lo up',
      'link add node0 type bridge',
      `address add ${NODE_ADDRESS}/24 dev node0`,
      'link set node0 up',
      // Addresses of Services are nowhere; packets to them must leave the sender all the same.
      `route add default via ${NODE_ADDRESS}`,
    ])
      await this.run(ip, args.split(' '));
    writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
  }

  private async launch(name: keyof ClusterPrograms): Promise<void> {
    this.processes.push(
      await KeptProcess.launch({
        name,
        file: this.programs[name],
        args: this.settings.args[name] ?? [],
        env: { PATH: process.env['PATH'], HOME: this.folder },
        cwd: this.folder,
        log: new BoundedLog({ file: join(this.folder, 'logs', `${name}.log`) }),
        guard: { signal: 'TERM', graceMs: 5_000 },
      }),
    );
  }

  private async isReady(): Promise<boolean> {
    const response = await fetch(`${API}/readyz`, {
      headers: { authorization: `Bearer ${this.settings.token}` },
    }).catch(() => null);
    return response?.status === 200;
  }

  private async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + READY_LIMIT_MS; !(await isSo()); await sleep(500))
      if (Date.now() > end)
        throw new StackError(`${what} did not get ready.`, `Look into ${this.folder}/logs.`);
  }

  /** Keeps names of Services, and of the pods behind headless ones, as CoreDNS does elsewhere. */
  private async followNames(): Promise<void> {
    while (!this.isStopping) {
      // An API that does not answer for a moment changes no names.
      const [services, endpoints] = await Promise.all([this.list('services'), this.list('endpoints')]).catch(
        () => [[], []] as const,
      );
      const names = this.names?.names;
      if (names && services.length > 0) {
        const wanted = namesOf(services, endpoints);
        for (const name of names.keys()) if (!wanted.has(name)) names.delete(name);
        for (const [name, addresses] of wanted) names.set(name, addresses);
      }
      await sleep(NAMES_EVERY_MS);
    }
  }
}

/** Returns addresses by name. */
function namesOf(services: readonly ApiObject[], endpoints: readonly ApiObject[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  const nameOf = ({ metadata: { name, namespace } }: ApiObject) => `${name}.${namespace}.svc.cluster.local`;
  for (const service of services)
    if (service.spec?.clusterIP !== 'None') names.set(nameOf(service), [service.spec?.clusterIP ?? '']);
  for (const each of endpoints) {
    const found = (each.subsets ?? []).flatMap(({ addresses = [] }) => addresses);
    if (!names.has(nameOf(each)))
      names.set(
        nameOf(each),
        found.map(({ ip }) => ip),
      );
    for (const { ip, hostname } of found) if (hostname) names.set(`${hostname}.${nameOf(each)}`, [ip]);
  }
  return names;
}
