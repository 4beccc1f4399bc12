import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRoot, makeFolder, ownerOf, type FileOwner } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { commandLineOf, exists, isAlive, identityOf, workingFolderOf } from '../process/process-identity.ts';
import { runCommand } from '../process/run-command.ts';
import type { PostgresBinaries } from './binaries.ts';

export const SUPERUSER = 'tandem';

const NOBODY: FileOwner = { uid: 65_534, gid: 65_534 };
const INITDB_LIMIT_MS = 120_000;
const ORPHAN_LIMIT_MS = 15_000;
const PASSWORD_FILE = 'tandem-password';

/**
 * Returns the user PostgreSQL runs as when root starts it: the checkout's owner, or `nobody`. Null when the
 * starter is not root.
 */
export function postgresUser(folder: string): FileOwner | null {
  if (!isRoot()) return null;
  const owner = ownerOf(folder);
  return owner.uid !== 0 && isKnownUser(owner.uid) ? owner : NOBODY;
}

/** initdb asks the user database for the name of its user and gives up without one. */
function isKnownUser(uid: number): boolean {
  return spawnSync('id', ['-un', String(uid)], { stdio: 'ignore' }).status === 0;
}

/**
 * Returns folders that only root makes and writes and every user may enter, for a checkout that PostgreSQL's
 * user cannot enter. One per checkout, so that data is found again.
 */
export function sharedFolders(folder: string): string[] {
  const name = `tandem-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
  return [...new Set(['/var/lib', '/var/tmp', tmpdir()])].map((place) => join(place, name));
}

/** @returns whether the folder is root's own and closed to other writers; made when it is missing */
export function openSharedFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
  }
  const found = lstatSync(folder);
  return found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0;
}

function canEnter(folder: string, user: FileOwner | null): boolean {
  const identity = user ? { uid: user.uid, gid: user.gid } : {};
  return (
    spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { stdio: 'ignore', cwd: '/', ...identity })
      .status === 0
  );
}

/** Returns the data folder of this user: below `.tandem` if PostgreSQL's user can get there. */
export function persistentDataFolder(folder: string, user: FileOwner | null): string {
  const name = `postgres-${user?.uid ?? process.getuid?.() ?? 0}`;
  makeFolder(folder);
  if (canEnter(folder, user)) return join(folder, name);
  const shared = sharedFolders(folder).find((place) => openSharedFolder(place) && canEnter(place, user));
  if (shared) return join(shared, name);
  throw new StackError(
    `PostgreSQL must not run as root, and user ${user?.uid} can enter neither ${folder} nor a folder of ` +
      'ours elsewhere.',
    'Start it as an ordinary user, put the checkout where other users can enter, or set DATABASE_URL.',
  );
}

/** A fresh folder for data that is thrown away; PostgreSQL's user owns it. */
export function ephemeralFolder(user: FileOwner | null): string {
  const places = [...new Set([tmpdir(), '/tmp', '/var/tmp'])];
  const place =
    places.find(
      (candidate) =>
        statSync(candidate, { throwIfNoEntry: false })?.isDirectory() && canEnter(candidate, user),
    ) ?? tmpdir();
  const folder = mkdtempSync(join(place, 'tandem-postgres-'));
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** Password of the superuser in a data folder; made together with it. */
export function passwordOf(data: string): string {
  return readFileSync(join(data, PASSWORD_FILE), 'utf8').trim();
}

/**
 * Makes the data folder when it is not there: aside first, then renamed, so that an interrupted initdb leaves
 * nothing that looks whole.
 * @throws StackError when it belongs to another user, to another major version, or initdb fails
 */
export async function prepareDataFolder(
  data: string,
  binaries: PostgresBinaries,
  user: FileOwner | null,
  isDurable: boolean,
): Promise<void> {
  if (statSync(data, { throwIfNoEntry: false })) return checkDataFolder(data, binaries, user);
  const aside = `${data}.new-${randomBytes(4).toString('hex')}`;
  mkdirSync(aside, { mode: 0o700 });
  try {
    if (user) chownSync(aside, user.uid, user.gid);
    await initialise(aside, binaries, user, isDurable);
    renameSync(aside, data);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function checkDataFolder(data: string, binaries: PostgresBinaries, user: FileOwner | null): void {
  const owner = statSync(data).uid;
  const mine = user?.uid ?? process.getuid?.() ?? owner;
  if (owner !== mine)
    throw new StackError(
      `${data} belongs to user ${owner}, PostgreSQL would run as user ${mine}.`,
      `Give it back ("chown -R ${mine} ${data}") or remove it.`,
    );
  const major = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (major !== binaries.major) {
    throw new StackError(
      `The data in ${data} is from PostgreSQL ${major}, this is PostgreSQL ${binaries.major}.`,
      'Run "npm run stack:reset" to start with empty data, or dump it with the older version first.',
    );
  }
}

async function initialise(
  data: string,
  binaries: PostgresBinaries,
  user: FileOwner | null,
  isDurable: boolean,
): Promise<void> {
  const passwordFile = `${data}.password`;
  const password = randomBytes(24).toString('hex');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    if (user) chownSync(passwordFile, user.uid, user.gid);
    const args = [
      ...['-D', data, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'],
      ...[
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
        ...(isDurable ? [] : ['--no-sync']),
      ],
    ];
    const made = await runCommand(binaries.initdb, args, {
      timeoutMs: INITDB_LIMIT_MS,
      cwd: '/',
      runAs: user,
      env: { LC_ALL: 'C', TZ: 'UTC' },
    });
    if (made.code !== 0)
      throw new StackError(
        `PostgreSQL could not make its data folder ${data}.`,
        made.complaint || made.output.toString().trim(),
      );
    renameSync(passwordFile, join(data, PASSWORD_FILE));
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * PostgreSQL refuses to start when the process number in postmaster.pid is in use, though it may have gone to
 * another program since. Called with the folder claimed: a live server can only be an orphan whose guard is
 * ending it just now. The file of a dead server stays: through it PostgreSQL finds out whether that server's
 * children still have the data open.
 * @throws StackError when a server still works on the data
 */
export async function clearStalePidFile(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const until = Date.now() + ORPHAN_LIMIT_MS;
  for (;;) {
    const pid = postmasterPid(file);
    if (pid === null || !exists(pid)) return;
    const isZombie = !isAlive(identityOf(pid));
    if (!isZombie && !mayServe(pid, data)) return rmSync(file, { force: true });
    if (isZombie && Date.now() >= until) return rmSync(file, { force: true });
    if (Date.now() >= until)
      throw new StackError(
        `A PostgreSQL with process number ${pid} works on ${data}.`,
        `End it ("kill -INT ${pid}") or use that one through DATABASE_URL.`,
      );
    await sleep(100);
  }
}

/** First line of postmaster.pid: the server's process number. */
function postmasterPid(file: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Unknown counts as yes: a server's data must not be opened twice. */
function mayServe(pid: number, data: string): boolean {
  const command = commandLineOf(pid);
  if (command !== null && !command.includes('postgres')) return false;
  const folder = workingFolderOf(pid);
  return folder === null || folder === data;
}
