import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../checkout/stack-error.ts';
import { commandLineOf, exists, isAlive, identityOf, workingFolderOf } from '../process/process-identity.ts';

const ORPHAN_LIMIT_MS = 15_000;

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
