import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { findProgram, runCommand } from '../process/run-command.ts';
import { cachedDownload } from './cached-download.ts';

const INSTALL_LIMIT_MS = 180_000;

/**
 * Installs one npm package with its dependencies into the cache, with install scripts off: for software that
 * most machines never need.
 * @returns the package's own folder
 * @throws StackError when npm is missing or the download fails
 */
export async function npmPackage(cache: string, name: string, version: string): Promise<string> {
  const folder = join(makeFolder(join(cache, 'npm')), `${name.replace('/', '+')}-${version}`);
  const root = await cachedDownload(folder, async (aside) => {
    writeFileSync(join(aside, 'package.json'), '{"private":true}\n');
    const [program, ...first] = npmCommand();
    const args = [
      ...first,
      'install',
      '--prefix',
      aside,
      '--ignore-scripts',
      '--omit=dev',
      '--omit=peer',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${name}@${version}`,
    ];
    const done = await runCommand(program, args, {
      timeoutMs: INSTALL_LIMIT_MS,
      cwd: aside,
      env: { ...process.env, npm_config_workspaces: 'false' },
    });
    if (done.code !== 0)
      throw new StackError(
        `npm could not install ${name}@${version}: ${done.complaint.split('\n', 1)[0] ?? ''}`,
        'Is there a network?',
      );
  });
  return join(root, 'node_modules', name);
}

/** Returns the npm that runs this process, else the one on PATH. */
function npmCommand(): [string, ...string[]] {
  const running = process.env['npm_execpath'];
  if (running?.endsWith('.js')) return [process.execPath, running];
  const found = findProgram('npm');
  if (!found) throw new StackError('npm is not on PATH', 'Install Node with npm.');
  return [found];
}
