import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot, tandemFolder } from './checkout/checkout.ts';
import { reasonOf, StackError } from './checkout/stack-error.ts';
import { sharedFolders } from './postgres/shared-folder.ts';
import { holderOf } from './process/folder-claim.ts';
import type { Log } from './process/server-handle.ts';

interface ResetOptions {
  readonly log?: Log;
  /** Folder of `.tandem`. */
  readonly folder?: string;
  /** Also removes the downloads, which the next start fetches again. */
  readonly withCache?: boolean;
}

/**
 * Data folders, recordings with their keys (no row of the database points at them any more), logs and
 * run.json, each with the claims beside them.
 */
const DATA = /^((postgres|redis)-\d+(\.lock|\.new-.*)?|logs|recordings|(recording-keys|run)\.json(\..*)?)$/;
/** Folders that are kept, and why. */
const KEPT: Readonly<Record<string, string>> = {
  'secrets.json': 'API key and secrets, the same after the next start',
  cache: 'downloaded programs',
};

/**
 * Removes data, recordings and logs of this checkout's stack, and reports what it keeps.
 * @returns what was removed
 * @throws StackError when a stack is running or something cannot be removed; nothing is removed while one is
 * running
 */
export function resetStack(options: ResetOptions = {}): string[] {
  const log = options.log ?? (() => undefined);
  const folder = options.folder ?? tandemFolder;
  const places = [folder, ...(isRoot() ? sharedFolders(folder) : [])].filter((place) => existsSync(place));
  for (const place of places) refuseWhileRunning(place);
  const doomed = places.flatMap((place) =>
    place === folder ? dataIn(place, options.withCache ?? false) : [place],
  );
  for (const path of doomed) {
    remove(path);
    log(`removed ${path}`);
  }
  if (doomed.length === 0) log(`nothing to remove in ${folder}`);
  for (const name of Object.keys(KEPT))
    if (existsSync(join(folder, name))) log(`kept ${join(folder, name)} (${KEPT[name]})`);
  return doomed;
}

function dataIn(folder: string, withCache: boolean): string[] {
  const names = readdirSync(folder).filter((name) => DATA.test(name) || (withCache && name === 'cache'));
  return names.map((name) => join(folder, name));
}

function refuseWhileRunning(place: string): void {
  for (const name of readdirSync(place).filter((candidate) => candidate.endsWith('.lock'))) {
    const holder = holderOf(join(place, name));
    if (!holder) continue;
    throw new StackError(
      `A stack is running on ${join(place, name.slice(0, -'.lock'.length))} (process ` +
        `${holder.launcher.pid}).`,
      'End it first.',
    );
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw new StackError(
      `${path} could not be removed: ${reasonOf(error)}.`,
      `It may belong to another user: "sudo rm -rf ${path}".`,
      { cause: error },
    );
  }
}
