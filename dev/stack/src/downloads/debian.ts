import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeFolder } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { findProgram, isProgram, runCommand } from '../process/run-command.ts';
import { downloadPackages, runApt } from './apt-get.ts';
import { cachedDownload } from './cached-download.ts';

const UNPACK_LIMIT_MS = 60_000;

/** Unpacked Debian packages: a file tree like that of the system, outside the system. */
interface PackageTree {
  readonly root: string;
  /** For LD_LIBRARY_PATH: every folder of the tree that holds shared libraries. */
  readonly libraryPath: string;
}

/**
 * Downloads packages with everything they depend on and unpacks them into the cache: no root, nothing
 * installed. Packages the system has already are not in the tree.
 * @throws StackError when this is no Debian-like system or the download fails
 */
export async function debianPackages(cache: string, packages: readonly string[]): Promise<PackageTree> {
  const aptGet = findProgram('apt-get');
  const dpkgDeb = findProgram('dpkg-deb');
  if (!aptGet || !dpkgDeb)
    throw new StackError('there is no apt-get and dpkg-deb', 'This way works on Debian and Ubuntu only.');
  const folder = makeFolder(join(cache, 'debian'));
  const root = await cachedDownload(join(folder, `${packages[0]}-${systemTag(packages)}`), async (aside) => {
    const archives = makeFolder(join(aside, 'archives/partial')).replace(/\/partial$/, '');
    const apt = (args: string[], timeoutMs: number) => runApt(aptGet, folder, aside, args, timeoutMs);
    await downloadPackages(apt, packages, join(folder, 'lists'));
    await unpack(dpkgDeb, archives, aside);
    rmSync(archives, { recursive: true, force: true });
    for (const name of ['pkgcache.bin', 'srcpkgcache.bin']) rmSync(join(aside, name), { force: true });
  });
  return { root, libraryPath: libraryFolders(root).join(':') };
}

/** Unpacks every package in a folder into another one. */
export async function unpack(dpkgDeb: string, archives: string, to: string): Promise<void> {
  for (const archive of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    const unpacked = await runCommand(dpkgDeb, ['-x', join(archives, archive), to], {
      timeoutMs: UNPACK_LIMIT_MS,
    });
    if (unpacked.code !== 0)
      throw new StackError(`${archive} cannot be unpacked: ${unpacked.complaint}`, 'Try again.');
  }
}

/** Packages of one release do not fit another. */
function systemTag(packages: readonly string[]): string {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return createHash('sha256')
    .update([process.arch, release, ...packages].join('\n'))
    .digest('hex')
    .slice(0, 12);
}

/**
 * usr/lib/<triplet> and the folders in it that packages usually reach through alternatives or a run path
 * (blas, lapack, pulseaudio).
 */
function libraryFolders(root: string): string[] {
  const found: string[] = [];
  const look = (folder: string, depth: number) => {
    if (!existsSync(folder)) return;
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.some((entry) => !entry.isDirectory() && /\.so(\.|$)/.test(entry.name))) found.push(folder);
    if (depth > 0)
      for (const entry of entries) if (entry.isDirectory()) look(join(folder, entry.name), depth - 1);
  };
  look(join(root, 'usr/lib'), 2);
  if (lstatSync(join(root, 'lib'), { throwIfNoEntry: false })?.isDirectory()) look(join(root, 'lib'), 2);
  return found;
}

/**
 * A program of the tree, else of the system. A link in the tree whose target is installed in the system is
 * repaired.
 * @returns null when neither has it
 */
export function programOf(tree: PackageTree, name: string): string | null {
  const own = join(tree.root, 'usr/bin', name);
  if (isProgram(own)) return own;
  if (lstatSync(own, { throwIfNoEntry: false })?.isSymbolicLink() && !existsSync(own)) return mendLink(own);
  return findProgram(name);
}

function mendLink(link: string): string | null {
  const target = findProgram(basename(readlinkSync(link)));
  if (target === null) return null;
  rmSync(link, { force: true });
  symlinkSync(target, link);
  return link;
}
