import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selfSigned, signedBy } from '../../testing/self-signed.ts';

/** The one node, in a network namespace of its own: nothing outside has a way to it. */
export const NODE_ADDRESS = '10.77.0.1';
export const PODS = '10.88.0.0/16';
export const SERVICES = '10.96.0.0/16';
export const API = 'https://localhost:6443';
const DOMAIN = 'cluster.local';
const NODE = 'node';

/** Files and arguments of the processes of a node. */
export interface ClusterSettings {
  readonly kubeconfig: string;
  readonly containerdSocket: string;
  /** Arguments by program, in the order they are started. */
  readonly args: Readonly<Record<string, readonly string[]>>;
  readonly token: string;
}

const SAVED = 'settings.json';

/** Returns what `writeSettings` wrote below this folder. */
export const readSettings = (folder: string): ClusterSettings =>
  JSON.parse(readFileSync(join(folder, SAVED), 'utf8')) as ClusterSettings;

/** Writes the configuration of a node below a folder. Its authority is `authority.pem` there. */
export function writeSettings(folder: string, networkPlugins: string): void {
  const at: At = (name) => join(folder, name);
  const write = (name: string, text: string): string => {
    writeFileSync(at(name), text);
    return at(name);
  };
  for (const name of ['etcd', 'containerd', 'kubelet', 'certs', 'net.d', 'plugins']) mkdirSync(at(name));
  const authority = selfSigned('authority');
  const server = signedBy(authority, 'authority', 'localhost');
  const accounts = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const token = randomBytes(16).toString('hex');
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const authorityFile = write('authority.pem', authority.cert);
  const files: Files = {
    authority: authorityFile,
    certificate: write('server.pem', server.cert),
    key: write('server.key', server.key),
    accountsKey: write('accounts.key', accounts.privateKey.export(pem).toString()),
    accountsPublic: write(
      'accounts.pub',
      accounts.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ),
    tokens: write('tokens.csv', `${token},admin,admin,system:masters\n`),
    resolv: write('resolv.conf', `nameserver ${NODE_ADDRESS}\n`),
    kubeconfig: write('kubeconfig', kubeconfigOf(authorityFile, token)),
    socket: at('containerd.sock'),
  };
  write('net.d/10-bridge.conflist', JSON.stringify(bridge(at('net'))));
  write('containerd.toml', containerd(folder, files.socket, networkPlugins));
  const settings: ClusterSettings = {
    kubeconfig: files.kubeconfig,
    token,
    containerdSocket: files.socket,
    args: argumentsOf(at, files),
  };
  write(SAVED, JSON.stringify(settings));
}

const ETCD = 'http://127.0.0.1:2379';

type At = (name: string) => string;
type Files = Readonly<
  Record<
    | 'authority'
    | 'certificate'
    | 'key'
    | 'accountsKey'
    | 'accountsPublic'
    | 'tokens'
    | 'resolv'
    | 'kubeconfig'
    | 'socket',
    string
  >
>;

/** Arguments of every program, in the order they are started. */
function argumentsOf(at: At, files: Files): ClusterSettings['args'] {
  const kubeconfig = `--kubeconfig=${files.kubeconfig}`;
  return {
    etcd: [
      ...['--data-dir', at('etcd'), '--listen-peer-urls', 'http://127.0.0.1:2380'],
      ...['--listen-client-urls', ETCD, '--advertise-client-urls', ETCD],
    ],
    containerd: ['--config', at('containerd.toml')],
    'kube-apiserver': apiServer(at, files),
    'kube-controller-manager': [
      kubeconfig,
      `--service-account-private-key-file=${files.accountsKey}`,
      `--root-ca-file=${files.authority}`,
      `--cert-dir=${at('certs')}`,
      '--leader-elect=false',
    ],
    'kube-scheduler': [kubeconfig, `--cert-dir=${at('certs')}`, '--leader-elect=false'],
    kubelet: kubelet(at, files),
    'kube-proxy': [
      kubeconfig,
      '--proxy-mode=iptables',
      `--cluster-cidr=${PODS}`,
      `--hostname-override=${NODE}`,
      // The table of connections belongs to the whole machine.
      '--conntrack-max-per-core=0',
      '--conntrack-tcp-timeout-established=0',
      '--conntrack-tcp-timeout-close-wait=0',
    ],
  };
}

function apiServer(at: At, files: Files): string[] {
  return [
    `--etcd-servers=${ETCD}`,
    `--service-cluster-ip-range=${SERVICES}`,
    '--service-node-port-range=80-32767',
    '--bind-address=127.0.0.1',
    `--advertise-address=${NODE_ADDRESS}`,
    // Without it the address of the API would have to be one that is not loopback.
    '--endpoint-reconciler-type=none',
    '--kubelet-preferred-address-types=InternalIP',
    `--tls-cert-file=${files.certificate}`,
    `--tls-private-key-file=${files.key}`,
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=AlwaysAllow',
    `--service-account-issuer=${API}`,
    `--service-account-key-file=${files.accountsPublic}`,
    `--service-account-signing-key-file=${files.accountsKey}`,
    `--cert-dir=${at('certs')}`,
  ];
}

function kubelet(at: At, { kubeconfig, resolv, socket }: Files): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--root-dir=${at('kubelet')}`,
    `--cert-dir=${at('certs')}`,
    `--volume-plugin-dir=${at('plugins')}`,
    `--hostname-override=${NODE}`,
    `--node-ip=${NODE_ADDRESS}`,
    '--container-runtime=remote',
    `--container-runtime-endpoint=unix://${socket}`,
    // Control groups of both generations are mixed here.
    '--cgroup-driver=cgroupfs',
    '--cgroups-per-qos=false',
    '--enforce-node-allocatable=',
    '--fail-swap-on=false',
    '--eviction-hard=imagefs.available<1%',
    '--image-gc-high-threshold=100',
    `--cluster-dns=${NODE_ADDRESS}`,
    `--cluster-domain=${DOMAIN}`,
    `--resolv-conf=${resolv}`,
    '--anonymous-auth=true',
    '--authorization-mode=AlwaysAllow',
  ];
}

const kubeconfigOf = (authority: string, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster: { server: API, 'certificate-authority': authority } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: 'admin' } }],
    'current-context': 'real',
  });

const bridge = (state: string): object => ({
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'pods0',
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        dataDir: state,
        ranges: [[{ subnet: PODS }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

function containerd(folder: string, socket: string, networkPlugins: string): string {
  return `version = 2
root = "${folder}/containerd/root"
state = "${folder}/containerd/state"
[grpc]
address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
path = "${folder}/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${PAUSE_IMAGE}"
# What runc may not do here.
restrict_oom_score_adj = true
tolerate_missing_hugetlb_controller = true
disable_apparmor = true
netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${networkPlugins}"
conf_dir = "${folder}/net.d"
`;
}

/** A process that does nothing, first in every pod. */
export const PAUSE_IMAGE = 'localhost/tandem-try-pause:1';
