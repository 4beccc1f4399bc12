import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseOptions, refuse, StackError, wholeNumber } from '@tandem/stack';
import { enterNamespaces } from './cluster/namespaces.ts';
import { prepareMachine } from './cluster/prepare-machine.ts';
import { runInCluster } from './cluster/run-in-cluster.ts';

const HELP = `npm run k8s:real     the chart in a real cluster, and three relays rolled under talking callers

  --calls N    simultaneous calls (default 60)
  --helm 3     with Helm 3 (default 4)
  --keep       leaves folder and logs where they are

Builds the images, and Kubernetes 1.20 from Debian's source (a quarter of an hour, once); starts a node in a
network, mount and process namespace of its own; installs, tests, rolls, upgrades and removes the chart.
Linux, as root, on a machine with Debian's packages of containers. Ends everything it started.`;

const values = parseOptions(
  {
    options: {
      calls: { type: 'string', default: '60' },
      helm: { type: 'string', default: '4' },
      keep: { type: 'boolean', default: false },
      inside: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  },
  HELP,
);
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const calls = wholeNumber({ name: 'calls', text: values.calls ?? '', help: HELP }, 1, 200);
if (values.helm !== '3' && values.helm !== '4') refuse('--helm is 3 or 4.', HELP);
const helm = values.helm === '3' ? 'helm3' : 'helm4';
const log = (line: string): void => console.log(line);

try {
  process.exitCode = values.inside === undefined ? await outside() : await inside(values.inside);
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

async function outside(): Promise<number> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new StackError(
      'A cluster needs Linux and root.',
      'Run it as root, on a machine you can throw away.',
    );
  // Sockets are in it: their paths have 108 bytes.
  const folder = mkdtempSync('/tmp/tandem-k8s-');
  try {
    const restore = await prepareMachine(folder, helm, log);
    try {
      return await enterNamespaces(process.argv.slice(1), folder);
    } finally {
      restore();
    }
  } finally {
    if (values.keep) log(`Kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

async function inside(folder: string): Promise<number> {
  return runInCluster({ folder, images: join(folder, 'images.tar'), helm, calls, log });
}
