import { accessSync, chownSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { reasonOf, StackError } from './stack-error.ts';

/** The folder with the root package.json. */
export const checkoutRoot = resolve(import.meta.dirname, '../../../..');

/** Folder of `.env` and `.tandem`: the checkout, or TANDEM_HOME for another stack beside it. */
export const stackHome = resolve(process.env['TANDEM_HOME'] || checkoutRoot);

/** Folder of everything a running stack writes: data, logs, downloads, run.json. */
export const tandemFolder = join(stackHome, '.tandem');

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Owner of the nearest existing folder at or above `path`. */
export function ownerOf(path: string): FileOwner {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found) return { uid: found.uid, gid: found.gid };
  }
}

/**
 * Makes a folder and its missing parents. A folder made by root is given to the owner of its parent, so that
 * a stack once started with sudo does not lock its developer out.
 * @throws StackError when this user cannot write there
 */
export function makeFolder(path: string, mode = 0o755): string {
  const owner = ownerOf(path);
  try {
    const first = mkdirSync(path, { recursive: true, mode });
    if (first !== undefined && isRoot() && owner.uid !== 0) giveTo(owner, path, first);
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StackError(
      `This user cannot write in ${path}; it belongs to user ${owner.uid} (${reasonOf(error)}).`,
      `Run as that user, or give it back: "sudo chown -R $(id -u) ${path}".`,
      { cause: error },
    );
  }
  return path;
}

/** Gives a file made by root to the owner of its folder. */
export function giveToFolderOwner(file: string): void {
  const owner = ownerOf(dirname(file));
  if (isRoot() && owner.uid !== 0) chownSync(file, owner.uid, owner.gid);
}

function giveTo(owner: FileOwner, path: string, first: string): void {
  for (let folder = path; ; folder = dirname(folder)) {
    chownSync(folder, owner.uid, owner.gid);
    if (folder === first || folder === dirname(folder)) return;
  }
}
