import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { giveToFolderOwner, makeFolder, tandemFolder } from '../checkout/checkout.ts';
import { holderOf, type Holder } from '../process/folder-claim.ts';

interface RunningProcess {
  readonly service: string;
  readonly instance: string;
  readonly pid: number;
  readonly ports: Readonly<Record<string, number>>;
}

/** The running stack. Holds the passwords of the stack's own servers, so only its user may read it. */
export interface Run {
  readonly processes: readonly RunningProcess[];
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  /** The address carriers reach call-ingress under, where one is configured. */
  readonly publicUrl: string | null;
}

export function runFileIn(folder: string): string {
  return join(folder, 'run.json');
}

/** Renamed into place: a reader sees the old content or the new one. */
export function writeRunFile(file: string, run: Run): void {
  const aside = `${file}.${randomBytes(4).toString('hex')}`;
  makeFolder(dirname(file));
  writeFileSync(aside, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  giveToFolderOwner(aside);
  renameSync(aside, file);
}

export function removeRunFile(file: string): void {
  rmSync(file, { force: true });
}

/** The claim held by the supervisor while it runs. */
export function runClaimFile(folder: string): string {
  return `${runFileIn(folder)}.lock`;
}

/** The process that runs the stack of this folder; null when none does. */
export function holderOfStack(folder: string = tandemFolder): Holder | null {
  return holderOf(runClaimFile(folder));
}

/**
 * The running stack of this checkout; null when none runs, also when one was killed and left its file behind.
 */
export function readRunFile(folder: string = tandemFolder): Run | null {
  if (holderOfStack(folder) === null) return null;
  try {
    return JSON.parse(readFileSync(runFileIn(folder), 'utf8')) as Run;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
