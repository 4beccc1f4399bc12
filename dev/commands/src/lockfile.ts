import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';

/*
 * An incremental lockfile can be wrong (npm/cli#4828), and a registry can lack platform packages of the
 * newest releases, which only `npm ci` notices. So: made from nothing, then installed for Linux and for
 * macOS.
 */
const folder = mkdtempSync(join(tmpdir(), 'tandem-lockfile-'));
const npm = (args: readonly string[], what: string): void => {
  console.log(`${what} …`);
  const { status } = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (status === 0) return;
  console.error(
    `${what} failed. The lockfile in the checkout is unchanged. Pin or override the package named above ` +
      '(see overrides in package.json), then try again.',
  );
  rmSync(folder, { recursive: true });
  process.exit(1);
};

for (const file of ['package.json', '.npmrc']) cpSync(join(checkoutRoot, file), join(folder, file));
for (const group of ['libs', 'services', 'dev']) {
  for (const name of readdirSync(join(checkoutRoot, group))) {
    const manifest = join(checkoutRoot, group, name, 'package.json');
    if (existsSync(manifest)) cpSync(manifest, join(folder, group, name, 'package.json'));
  }
}
npm(['install', '--package-lock-only', '--ignore-scripts'], 'resolving from nothing');
npm(['ci', '--ignore-scripts'], 'installing for this machine');
npm(['ci', '--os=darwin', '--cpu=arm64', '--ignore-scripts'], 'installing for macOS on arm64');
cpSync(join(folder, 'package-lock.json'), join(checkoutRoot, 'package-lock.json'));
rmSync(folder, { recursive: true });
console.log('package-lock.json is written and installs on both.');
