// From a fresh clone to a running command. Plain JavaScript without dependencies, because it has to run
// on the machine's own Node (20.19 or newer) before anything is installed. In order: install what is missing,
// find the pinned Node 24, compile, hand over.
//
//   node dev/bootstrap.mjs <command> [arguments]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const WANTED_NODE_MAJOR = 24;
const compiled = ['dev/commands/dist', 'dev/load/dist', 'dev/chaos/dist'];

const [, , command, ...args] = process.argv;
const tty = process.stderr.isTTY;

function fail(what, todo) {
  process.stderr.write(`\n${what}\n${todo}\n`);
  process.exit(1);
}

/** Runs a step with a line that shows it is alive; its output is shown only when it fails. */
function step(label, file, argv, env = {}) {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const child = spawn(file, argv, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output = (output + chunk).slice(-20_000)));
    const elapsed = () => `${((Date.now() - startedAt) / 1000).toFixed(0)} s`;
    const timer = setInterval(
      () => process.stderr.write(tty ? `\r  … ${label} (${elapsed()})` : `  … ${label} (${elapsed()})\n`),
      tty ? 500 : 15_000,
    );
    child.on('error', (error) => (output += String(error)));
    child.on('close', (code) => {
      clearInterval(timer);
      if (code === 0) {
        process.stderr.write(`${tty ? '\r\x1b[K' : ''}  ✔ ${label} (${elapsed()})\n`);
        return resolve();
      }
      fail(`✖ ${label} failed.\n${output}`, `Mend what it says above, then run the same command again.`);
    });
  });
}

function installIsStale() {
  const done = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(done)) return true;
  return statSync(done).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs;
}

async function install() {
  if (!installIsStale()) return;
  const npm = process.env.npm_execpath;
  const argv = ['ci', '--loglevel=error', '--no-audit', '--no-fund'];
  if (npm) await step('installing packages', process.execPath, [npm, ...argv]);
  else await step('installing packages', process.platform === 'win32' ? 'npm.cmd' : 'npm', argv);
}

function localNode() {
  const file = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const major = (binary) => Number(spawnSync(binary, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout?.split('.')[0]);
  if (existsSync(file) && major(file) === WANTED_NODE_MAJOR) return file;
  if (Number(process.versions.node.split('.')[0]) === WANTED_NODE_MAJOR) return process.execPath;
  return fail(
    `Tandem runs on Node ${WANTED_NODE_MAJOR}, and node_modules holds no such binary (this is Node ${process.versions.node}).`,
    'Its install script was probably blocked. Run "npm ci" with install scripts allowed, or use Node 24 on this machine.',
  );
}

/** tsc leaves output of deleted sources behind; a compiled spec or service that has no source any more must go. */
function dropOrphans() {
  for (const group of ['libs', 'services', 'dev']) {
    for (const name of readdirSync(join(root, group), { withFileTypes: true })) {
      const project = join(root, group, name.name);
      if (name.isDirectory() && existsSync(join(project, 'dist')) && !existsSync(join(project, 'tsconfig.json'))) {
        rmSync(join(project, 'dist'), { recursive: true });
      }
    }
  }
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Node ${process.versions.node} is too old to install Tandem.`, 'Use Node 20.19 or newer; the rest is brought along.');
}
await install();
const node = localNode();
dropOrphans();
await step('compiling', node, [join(root, 'node_modules/typescript/bin/tsc'), '-b']);

const script = /^[a-z-]+$/.test(command ?? '') ? compiled.map((folder) => join(root, folder, `${command}.js`)).find(existsSync) : undefined;
if (!script) {
  fail(`There is no command "${command ?? ''}".`, 'Commands: demo, start, call, test, bench, load, chaos, docs, migrate, stack-reset.');
}
const child = spawn(node, ['--enable-source-maps', script, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ''}` },
});
// The terminal sends Ctrl-C to the whole group; the command ends itself in order and we follow it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
