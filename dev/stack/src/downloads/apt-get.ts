import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { Claim } from '../process/folder-claim.ts';
import { runCommand, type CommandResult } from '../process/run-command.ts';

const UPDATE_LIMIT_MS = 120_000;
export const DOWNLOAD_LIMIT_MS = 240_000;
export const LISTS_MAX_AGE_MS = 12 * 3_600_000;

/** One run of apt-get. */
export type Apt = (args: string[], timeoutMs: number) => Promise<CommandResult>;

/** Runs apt-get on package lists in `folder` and archives in `aside`, without touching the system's. */
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
 * Downloads packages and all they depend on. Old lists name versions that are gone from the mirrors: on a
 * failure, fetches new lists and tries again.
 * @throws StackError when the download fails
 */
export async function downloadPackages(apt: Apt, packages: readonly string[], lists: string): Promise<void> {
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
