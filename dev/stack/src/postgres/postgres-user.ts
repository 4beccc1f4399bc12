import { spawnSync } from 'node:child_process';
import { isRoot, ownerOf, type FileOwner } from '../checkout/checkout.ts';

const NOBODY: FileOwner = { uid: 65_534, gid: 65_534 };

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
