import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { makeFolder } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { Claim } from '../process/folder-claim.ts';
import { findProgram, isProgram, runCommand, type CommandResult } from '../process/run-command.ts';
import { cachedDownload } from './cached-download.ts';

const UPDATE_LIMIT_MS = 120_000;
export const DOWNLOAD_LIMIT_MS = 240_000;
const UNPACK_LIMIT_MS = 60_000;
export const LISTS_MAX_AGE_MS = 12 * 3_600_000;

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
  const root = await cachedDownload(join(folder, `${packages[0]}-${systemMark(packages)}`), async (aside) => {
    const archives = makeFolder(join(aside, 'archives/partial')).replace(/\/partial$/, '');
    const apt = (args: string[], timeoutMs: number) => runApt(aptGet, folder, aside, args, timeoutMs);
    await download(apt, packages, join(folder, 'lists'));
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
function systemMark(packages: readonly string[]): string {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return createHash('sha256')
    .update([process.arch, release, ...packages].join('\n'))
    .digest('hex')
    .slice(0, 12);
}

export type Apt = (args: string[], timeoutMs: number) => Promise<CommandResult>;

/**
 * Runs apt-get on lists and archives of ours.
 * @param folder holds the lists
 * @param aside takes the archives; the command runs there
 */
export function runApt(
  aptGet: string,
  folder: string,
  aside: string,
  args: string[],
  timeoutMs: number,
): Promise<CommandResult> {
  makeFolder(join(folder, 'lists/partial'));
  const settings = [
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache=${aside}`,
    'Debug::NoLocking=true',
    'APT::Sandbox::User=',
    'APT::Get::List-Cleanup=0',
    'Acquire::Languages=none',
    'Acquire::Retries=1',
    'Acquire::http::Timeout=20',
    'Acquire::https::Timeout=20',
    'Acquire::GzipIndexes=true',
    'APT::Update::Error-Mode=any',
  ];
  return runCommand(aptGet, ['-q', ...settings.flatMap((setting) => ['-o', setting]), ...args], {
    timeoutMs,
    cwd: aside,
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/**
 * Old lists name versions that are gone from the mirrors: on a failure, fetches new lists and tries again.
 */
async function download(apt: Apt, packages: readonly string[], lists: string): Promise<void> {
  const begun = Date.now();
  const args = ['--download-only', '-y', '--no-install-recommends', 'install', ...packages];
  let refusal = await refreshLists(apt, lists, begun - LISTS_MAX_AGE_MS);
  let fetched = await apt(args, DOWNLOAD_LIMIT_MS);
  if (fetched.code !== 0 && refusal === null) {
    refusal = await refreshLists(apt, lists, begun);
    fetched = await apt(args, DOWNLOAD_LIMIT_MS);
  }
  if (fetched.code === 0) return;
  throw new StackError(
    `apt-get could not download ${packages.join(', ')} (${refusal ?? firstLine(fetched)})`,
    'Is there a network?',
  );
}

/**
 * Fetches the package lists if they are from before `notBefore` (Unix ms). Starters take turns; one is enough
 * for all.
 * @returns null when they are as new as asked for, else why not; some of them may be there all the same
 */
export async function refreshLists(apt: Apt, lists: string, notBefore: number): Promise<string | null> {
  const claim = await Claim.wait(`${lists}.lock`, 2 * UPDATE_LIMIT_MS);
  if (!(claim instanceof Claim)) return `process ${claim.launcher.pid} does not get done with apt-get update`;
  try {
    const stamp = join(lists, 'updated');
    if ((statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= notBefore) return null;
    const updated = await apt(['update'], UPDATE_LIMIT_MS);
    if (updated.code !== 0) return firstLine(updated);
    writeFileSync(stamp, '');
    return null;
  } finally {
    claim.release();
  }
}

function firstLine(result: CommandResult): string {
  return result.complaint.split('\n').find((line) => line.trim() !== '') ?? `it ended with ${result.code}`;
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
