import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { Claim } from '../process/folder-claim.ts';

/** The slowest download that another starter may be busy with. */
const WAIT_FOR_OTHERS_MS = 300_000;

/**
 * Returns a folder in the cache, filled by `fill` when it does not exist. It is filled aside and renamed when
 * complete: a download that fails or is interrupted leaves nothing behind and is tried again next time.
 * Starters that want the same folder wait for each other.
 * @param target path of the folder, with what it depends on (version, distribution) in its name
 */
export async function cachedDownload(
  target: string,
  fill: (aside: string) => Promise<void>,
): Promise<string> {
  if (existsSync(target)) return target;
  makeFolder(dirname(target));
  const claim = await Claim.wait(`${target}.lock`, WAIT_FOR_OTHERS_MS);
  if (!(claim instanceof Claim)) {
    throw new StackError(
      `Process ${claim.launcher.pid} has been downloading ${basename(target)} for more than ` +
        `${WAIT_FOR_OTHERS_MS / 60_000} minutes.`,
      'End it, then try again.',
    );
  }
  const aside = `${target}.part-${randomBytes(4).toString('hex')}`;
  try {
    if (existsSync(target)) return target;
    removeLeftovers(target);
    makeFolder(aside);
    await fill(aside);
    renameSync(aside, target);
    return target;
  } finally {
    rmSync(aside, { recursive: true, force: true });
    claim.release();
  }
}

/** Nothing else fills this target while the claim is held. */
function removeLeftovers(target: string): void {
  for (const name of readdirSync(dirname(target))) {
    if (name.startsWith(`${basename(target)}.part-`))
      rmSync(join(dirname(target), name), { recursive: true, force: true });
  }
}
