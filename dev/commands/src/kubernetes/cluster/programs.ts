import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedDownload, findProgram, runCommand, StackError, tandemFolder } from '@tandem/stack';

/** The newest release of Kubernetes with a server that Debian has, as a source package (bookworm). */
const RELEASE = '1.20.5+really1.20.2-1.1+deb12u1';
const VERSION = 'v1.20.2';
/** Where Debian's mirrors keep it; apt need not be set up for source packages. */
const POOL = 'http://deb.debian.org/debian/pool/main/k/kubernetes';
const SOURCES = {
  [`kubernetes_${RELEASE}.dsc`]: '19fa1da5aefcef673894ac9511986bd98a14410cf8eea0b626613c30df435257',
  [`kubernetes_${RELEASE}.debian.tar.xz`]: '9b6e5fd41769d2b5badf2e73b274e3bcd90f85e13d06a1a4a845ccce018127d8',
  [`kubernetes_${RELEASE.replace(/-[^-]*$/, '')}.orig.tar.gz`]:
    'b83c0780efb182d928dc63d46488a847f161f04e40a94b96bf5247dd671ecdfc',
};
const PROGRAMS = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
] as const;
/** Programs of Debian, with the package each one is in. */
const NEEDED = {
  etcd: 'etcd-server',
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  conntrack: 'conntrack',
  unshare: 'util-linux',
  ip: 'iproute2',
  catatonit: 'catatonit',
  podman: 'podman',
  buildah: 'buildah',
} as const;
/** Needed for the build alone. */
const BUILDERS = { go: 'golang-go', 'dpkg-source': 'dpkg-dev' };
const NETWORK_PLUGINS = '/usr/lib/cni';
const BUILD_LIMIT_MS = 5_400_000;

type KubernetesProgram = (typeof PROGRAMS)[number];
type DebianProgram = keyof typeof NEEDED;

/** Paths of everything a node is made of. */
export type ClusterPrograms = Readonly<Record<KubernetesProgram | DebianProgram, string>> & {
  readonly networkPlugins: string;
};

/**
 * Returns the programs of a node: Debian's packages as installed, and Kubernetes built from Debian's source
 * package, once, into the cache.
 * @throws StackError that names every missing package, or with the end of a failed build
 */
export async function clusterPrograms(log: (line: string) => void): Promise<ClusterPrograms> {
  const folder = join(tandemFolder, 'cache/kubernetes', `server-${VERSION}`);
  const isBuilt = existsSync(folder);
  const missing = Object.entries({ ...NEEDED, ...(isBuilt ? {} : BUILDERS) })
    .filter(([program]) => !findProgram(program))
    .map(([, name]): string => name);
  if (!existsSync(join(NETWORK_PLUGINS, 'bridge'))) missing.push('containernetworking-plugins');
  if (missing.length > 0) {
    const packages = [...new Set(missing)].join(' ');
    throw new StackError(
      `Debian packages are missing: ${packages}.`,
      `On a machine you can spare: apt-get install --no-install-recommends ${packages}`,
    );
  }
  if (!isBuilt) log(`Kubernetes ${VERSION} is built from Debian's source: a quarter of an hour, once`);
  const built = await cachedDownload(folder, (aside) => build(aside, log));
  return {
    ...(Object.fromEntries(Object.keys(NEEDED).map((name) => [name, findProgram(name)])) as Record<
      DebianProgram,
      string
    >),
    ...(Object.fromEntries(PROGRAMS.map((name) => [name, join(built, name)])) as Record<
      KubernetesProgram,
      string
    >),
    networkPlugins: NETWORK_PLUGINS,
  };
}

async function build(aside: string, log: (line: string) => void): Promise<void> {
  const gopath = join(aside, 'go');
  const source = join(gopath, 'src/k8s.io/kubernetes');
  const run = step(aside);
  mkdirSync(join(gopath, 'src/k8s.io'), { recursive: true });
  for (const [file, sha256] of Object.entries(SOURCES)) await download(file, sha256, aside);
  await run('dpkg-source', ['--no-check', '--extract', `kubernetes_${RELEASE}.dsc`, source], aside);
  // Go 1.19 refuses the module file of 2020; packages are found by their place below GOPATH instead.
  const env = { GOPATH: gopath, GOCACHE: join(aside, 'go-cache'), GO111MODULE: 'off', CGO_ENABLED: '0' };
  const compile = (from: string, to: string) =>
    run('go', ['build', '-ldflags', LINKED, '-o', join(aside, to), from], source, env);
  await compile('./vendor/k8s.io/kube-openapi/cmd/openapi-gen', 'openapi-gen');
  await run(join(aside, 'openapi-gen'), openApiOptions(source, gopath, aside), source, env);
  for (const name of PROGRAMS) {
    log(`  ${name}`);
    await compile(`./cmd/${name}`, name);
  }
  for (const name of readdirSync(aside))
    if (!(PROGRAMS as readonly string[]).includes(name))
      rmSync(join(aside, name), { recursive: true, force: true });
}

/** Two packages tell the version: the programs' own, and that of the server's /version. */
const LINKED = ['component-base/version', 'client-go/pkg/version'].reduce(
  (flags, name) =>
    `${flags} -X k8s.io/kubernetes/vendor/k8s.io/${name}.gitVersion=${VERSION}` +
    ` -X k8s.io/kubernetes/vendor/k8s.io/${name}.gitMajor=1` +
    ` -X k8s.io/kubernetes/vendor/k8s.io/${name}.gitMinor=20`,
  '-s -w',
);

/** Types of the API are found by their tag; generated files and samples have it too. */
function openApiOptions(source: string, gopath: string, aside: string): string[] {
  const root = 'k8s.io/kubernetes';
  const folders = new Set<string>();
  const look = (folder: string, name: string): void => {
    for (const entry of readdirSync(join(source, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (
        entry.isDirectory() &&
        !/^(?:testdata|sample-.*|code-generator|kube-openapi|gengo)$/.test(entry.name)
      )
        look(path, `${name}/${entry.name}`);
      else if (/\.go$/.test(entry.name) && !/zz_generated|_test\.go$/.test(entry.name))
        if (/\+k8s:openapi-gen=true/.test(readFileSync(join(source, path), 'utf8'))) folders.add(name);
    }
  };
  for (const folder of ['pkg', 'cmd', 'plugin']) look(folder, `${root}/${folder}`);
  look('staging/src/k8s.io', `${root}/vendor/k8s.io`);
  return [
    ...['-O', 'zz_generated.openapi', '-p', `${root}/pkg/generated/openapi`],
    ...['--go-header-file', join(source, 'hack/boilerplate/boilerplate.go.txt')],
    ...['-r', join(aside, 'violations'), '--output-base', join(gopath, 'src')],
    ...['-i', [...folders].sort().join(',')],
  ];
}

function step(folder: string) {
  return async (
    program: string,
    args: readonly string[],
    cwd = folder,
    env: NodeJS.ProcessEnv = {},
  ): Promise<void> => {
    const done = await runCommand(program, args, {
      timeoutMs: BUILD_LIMIT_MS,
      cwd,
      env: { PATH: process.env['PATH'], HOME: folder, ...env },
    });
    if (done.code !== 0)
      throw new StackError(`${program} failed: ${done.complaint}`, 'Mend what it says, then try again.');
  };
}

async function download(file: string, sha256: string, folder: string): Promise<void> {
  const url = `${POOL}/${encodeURIComponent(file)}`;
  const response = await fetch(url).catch((error: unknown) => {
    throw new StackError(`${url} is not reached.`, 'Is there a network?', { cause: error });
  });
  if (!response.ok)
    throw new StackError(`${url}: ${response.status}.`, 'A newer revision may have replaced it.');
  const content = Buffer.from(await response.arrayBuffer());
  if (createHash('sha256').update(content).digest('hex') !== sha256)
    throw new StackError(`${url} is not the file it was.`, 'Do not use it.');
  writeFileSync(join(folder, file), content);
}
