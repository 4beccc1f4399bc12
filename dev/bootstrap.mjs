// From a fresh clone to a running command. Plain JavaScript without dependencies, because it has to run
// on the machine's own Node (20.19 or newer) before anything is installed. In order: install what is missing,
// find the pinned Node 24, compile, hand over.
//
//   node dev/bootstrap.mjs <command> [arguments]
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const WANTED_NODE_MAJOR = 24;
const compiled = ['dev/commands/dist', 'dev/load/dist', 'dev/chaos/dist'];

const [, , command, ...args] = process.argv;
const tty = process.stderr.isTTY;
const HINT_AFTER_MS = 6_000;
const REGISTRY_LIMIT_MS = 5_000;

function fail(what, todo) {
  process.stderr.write(`\n${what}\n${todo}\n`);
  process.exit(1);
}

/**
 * Runs a step with a line that shows it is alive; its output is shown only when it fails. `hint` may add a
 * line after a few seconds.
 */
function step(label, file, argv, hint = async () => null) {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const child = spawn(file, argv, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output = (output + chunk).slice(-20_000)));
    const elapsed = () => `${((Date.now() - startedAt) / 1000).toFixed(0)} s`;
    const timer = setInterval(
      () => process.stderr.write(tty ? `\r  … ${label} (${elapsed()})` : `  … ${label} (${elapsed()})\n`),
      tty ? 500 : 15_000,
    );
    const hintTimer = setTimeout(async () => {
      const line = await hint();
      if (line !== null && child.exitCode === null)
        process.stderr.write(`${tty ? '\r\x1b[K' : ''}    ${line}\n`);
    }, HINT_AFTER_MS);
    child.on('error', (error) => (output += String(error)));
    child.on('close', (code) => {
      clearInterval(timer);
      clearTimeout(hintTimer);
      if (code === 0) {
        process.stderr.write(`${tty ? '\r\x1b[K' : ''}  ✔ ${label} (${elapsed()})\n`);
        return resolve();
      }
      fail(`✖ ${label} failed.\n${output}`, `Mend what it says above, then run the same command again.`);
    });
  });
}

const json = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));

/**
 * By what is installed, not by dates: a folder that was copied with its packages needs no installation.
 * Optional ones depend on the machine; npm installs none that it calls extraneous.
 */
function installIsStale() {
  try {
    const packagesOf = (file) =>
      Object.entries(json(file).packages).filter(
        ([path, { extraneous }]) => path.includes('node_modules/') && !extraneous,
      );
    const wanted = new Map(packagesOf('package-lock.json'));
    const installed = new Map(packagesOf('node_modules/.package-lock.json'));
    const isThere = ([path, { version, link, optional }]) =>
      link ? existsSync(join(root, path)) : optional || installed.get(path)?.version === version;
    return ![...wanted].every(isThere) || ![...installed.keys()].every((path) => wanted.has(path));
  } catch {
    return true;
  }
}

/** A proxy of npm's own may lead where we do not get, so this says what was seen and no more. */
async function registryHint() {
  const registry = process.env.npm_config_registry || 'https://registry.npmjs.org/';
  try {
    await fetch(registry, { method: 'HEAD', signal: AbortSignal.timeout(REGISTRY_LIMIT_MS) });
    return null;
  } catch {
    return (
      `${registry} is not reached from here. Is there an internet connection? Behind a proxy: "npm config ` +
      'set proxy …".'
    );
  }
}

async function install() {
  if (!installIsStale()) return;
  const npm = process.env.npm_execpath;
  const argv = ['ci', '--loglevel=error', '--no-audit', '--no-fund'];
  if (npm) await step('installing packages', process.execPath, [npm, ...argv], registryHint);
  else
    await step('installing packages', process.platform === 'win32' ? 'npm.cmd' : 'npm', argv, registryHint);
}

/** Packages, compiled files and the data of the stack are written below this folder. */
function refuseReadOnly() {
  try {
    accessSync(root, constants.W_OK);
  } catch (error) {
    fail(
      `This folder cannot be written to: ${root} (${error.code}).`,
      'Run as the user it belongs to, or copy it to a folder of your own.',
    );
  }
}

function localNode() {
  const file = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const major = (binary) =>
    Number(spawnSync(binary, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout?.split('.')[0]);
  if (existsSync(file) && major(file) === WANTED_NODE_MAJOR) return file;
  if (Number(process.versions.node.split('.')[0]) === WANTED_NODE_MAJOR) return process.execPath;
  return fail(
    `Tandem runs on Node ${WANTED_NODE_MAJOR}, and node_modules holds no such binary (this is Node ` +
      `${process.versions.node}).`,
    'Its install script was probably blocked. Run "npm ci" with install scripts allowed, or use Node 24 ' +
      'on this machine.',
  );
}

/**
 * tsc leaves output of deleted sources behind; a compiled spec or service that has no source any more must
 * go.
 */
function dropOrphans() {
  for (const group of ['libs', 'services', 'dev']) {
    for (const name of readdirSync(join(root, group), { withFileTypes: true })) {
      const project = join(root, group, name.name);
      if (
        name.isDirectory() &&
        existsSync(join(project, 'dist')) &&
        !existsSync(join(project, 'tsconfig.json'))
      ) {
        rmSync(join(project, 'dist'), { recursive: true });
      }
    }
  }
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(
    `Node ${process.versions.node} is too old to install Tandem.`,
    'Use Node 20.19 or newer; the rest is brought along.',
  );
}
refuseReadOnly();
await install();
const node = localNode();
dropOrphans();
// Kept beside the packages: by itself the compiler caches in the system's temporary folder.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/node-compile');
await step('compiling', node, [join(root, 'node_modules/typescript/bin/tsc'), '-b']);
// Ends at once when nothing it is made of has changed.
await step('building the console', node, [join(root, 'services/console/build/build.mjs')]);

const script = /^[a-z0-9-]+$/.test(command ?? '')
  ? compiled.map((folder) => join(root, folder, `${command}.js`)).find(existsSync)
  : undefined;
if (!script) {
  fail(
    `There is no command "${command ?? ''}".`,
    'Commands: demo, start, call, number, key, sounds, test, lint, new, bench, load, simulate, chaos, docs, ' +
      'migrate, audit, image, k8s-check, k8s-real, k8s-write, stack-reset.',
  );
}
const child = spawn(node, ['--enable-source-maps', script, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ''}` },
});
// A signal may reach this process alone. Ctrl-C in a terminal reaches the command as well, which takes the
// two for one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
