import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
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
import { makeFolder, type FileOwner } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { runCommand } from '../process/run-command.ts';
import type { PostgresBinaries } from './binaries.ts';
import { openSharedFolder, sharedFolders } from './shared-folder.ts';

export const SUPERUSER = 'tandem';

const INITDB_LIMIT_MS = 120_000;
const PASSWORD_FILE = 'tandem-password';

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
