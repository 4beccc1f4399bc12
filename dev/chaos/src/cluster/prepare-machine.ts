import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterPrograms, PAUSE_IMAGE, toolPath, writeSettings, type Tool } from '@tandem/commands/cluster';
import { buildImages, ContainerTools, imageName, SERVERS_IMAGE } from '@tandem/commands/containers';
import { StackError } from '@tandem/stack';

const SERVICES = ['call-ingress', 'media-relay', 'tool-worker', 'post-call-worker', 'crm-api', 'control-api'];
/** Settings of the whole machine that a kubelet changes. */
const SYSCTLS = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
];
const CONTROL_GROUPS = '/sys/fs/cgroup';
/** Where containerd puts the groups of pods. */
const GROUP = 'k8s.io';

/**
 * Builds the programs and images of a cluster, which needs the machine's own network, and writes the images
 * and the settings of the node below the folder.
 * @returns the function that puts back what a node changes on the whole machine
 */
export async function prepareMachine(
  folder: string,
  helm: Tool,
  log: (line: string) => void,
): Promise<() => void> {
  const programs = await clusterPrograms(log);
  for (const tool of ['kubectl', helm] as const) await toolPath(tool);
  const tools = await ContainerTools.find(log);
  if (!tools) throw new StackError('The images cannot be built here.', 'Install podman and buildah.');
  await buildImages(tools, SERVICES, log);
  await buildPause(tools, programs.catatonit, folder);
  const images = [...SERVICES.map(imageName), SERVERS_IMAGE, PAUSE_IMAGE];
  await tools.podman([
    'save',
    '--quiet',
    '--multi-image-archive',
    '--output',
    join(folder, 'images.tar'),
    ...images,
  ]);
  mkdirSync(join(folder, 'node'));
  writeSettings(join(folder, 'node'), programs.networkPlugins);
  const before = SYSCTLS.map((name) => `/proc/sys/${name}`)
    .filter((file) => existsSync(file))
    .map((file) => [file, readFileSync(file, 'utf8')] as const);
  return () => {
    for (const [file, value] of before) writeFileSync(file, value);
    for (const group of readdirSync(CONTROL_GROUPS)) removeGroups(join(CONTROL_GROUPS, group, GROUP));
  };
}

async function buildPause(tools: ContainerTools, catatonit: string, folder: string): Promise<void> {
  const context = join(folder, 'pause');
  mkdirSync(context);
  writeFileSync(join(context, 'catatonit'), readFileSync(catatonit), { mode: 0o755 });
  writeFileSync(
    join(context, 'Containerfile'),
    'FROM scratch\nCOPY catatonit /\nENTRYPOINT ["/catatonit", "-P"]\n',
  );
  await tools.buildah(['bud', '--format', 'docker', '--tag', PAUSE_IMAGE, context]);
}

/** A group is removed by rmdir, the inner ones first; files in it are the kernel's. */
function removeGroups(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeGroups(join(folder, entry.name));
  rmdirSync(folder);
}
