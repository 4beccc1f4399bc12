import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
