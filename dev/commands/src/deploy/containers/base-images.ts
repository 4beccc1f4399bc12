import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram, makeFolder, runCommand, StackError, tandemFolder } from '@tandem/stack';
import type { ContainerTools } from './container-tools.ts';
import { insideOptions } from './inside-options.ts';

/** As in the Dockerfile. */
export const NODE_IMAGE = 'docker.io/library/node:24-bookworm-slim';
/** Servers and the edge of a deployment, as Debian has them. */
export const SERVERS_IMAGE = 'localhost/tandem-try-servers:1';
const PULL_LIMIT_MS = 60_000;
const DEBIAN = 'http://deb.debian.org/debian';
const LIMIT_MS = 900_000;

const SERVERS = `FROM ${NODE_IMAGE}
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends haproxy redis-server \\
  postgresql postgresql-contrib && rm -rf /var/lib/apt/lists/*
`;

/**
 * Sees to it that the images are there which ours are made on and run beside: pulled from a registry, and
 * where none is reached, made of Debian's packages and the Node of this checkout.
 * @throws StackError when they can be neither pulled nor made
 */
export async function ensureBaseImages(tools: ContainerTools, log: (line: string) => void): Promise<void> {
  if (!(await tools.isTrue(['image', 'exists', NODE_IMAGE])) && !(await isPulled(tools))) {
    log(`${NODE_IMAGE} cannot be pulled: making one of Debian's packages, once.`);
    await importStandIn(tools);
  }
  if (await tools.isTrue(['image', 'exists', SERVERS_IMAGE])) return;
  log("Redis, PostgreSQL and HAProxy: an image of Debian's packages, once.");
  const context = makeFolder(join(tandemFolder, 'containers/servers'));
  writeFileSync(join(context, 'Containerfile'), SERVERS);
  await tools.buildah(['bud', ...insideOptions(), '--tag', SERVERS_IMAGE, context]);
}

async function isPulled(tools: ContainerTools): Promise<boolean> {
  return (await tools.try(['pull', '--quiet', NODE_IMAGE], PULL_LIMIT_MS)).code === 0;
}

async function importStandIn(tools: ContainerTools): Promise<void> {
  const debootstrap = findProgram('debootstrap');
  if (!debootstrap || process.getuid?.() !== 0)
    throw new StackError(
      `${NODE_IMAGE} cannot be pulled, and there is no debootstrap run by root to make one.`,
      'Pull it by hand, or install debootstrap and run as root.',
    );
  const folder = mkdtempSync(join(tmpdir(), 'tandem-base-'));
  try {
    const root = join(folder, 'root');
    await must(debootstrap, ['--variant=minbase', '--include=ca-certificates', 'bookworm', root, DEBIAN]);
    cpSync(process.execPath, join(root, 'usr/local/bin/node'));
    addNpm(root);
    for (const each of ['var/cache/apt/archives', 'var/lib/apt/lists'])
      rmSync(join(root, each), { recursive: true, force: true });
    const archive = join(folder, 'root.tar');
    await must('tar', ['--create', '--file', archive, '--directory', root, '.']);
    await tools.podman(['import', '--quiet', archive, NODE_IMAGE]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The npm that runs this process. */
function addNpm(root: string): void {
  const running = process.env['npm_execpath'];
  if (!running)
    throw new StackError('This was not started by npm.', 'Start it with "npm run" or "npm test".');
  const modules = join(root, 'usr/local/lib/node_modules');
  cpSync(dirname(dirname(running)), join(modules, 'npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const { code, complaint } = await runCommand(program, args, { timeoutMs: LIMIT_MS });
  if (code !== 0)
    throw new StackError(`${program} failed: ${complaint}`, 'Mend what it says, then try again.');
}
