import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Keeps a process and all its threads on one core. Answers whether that was possible: it takes two cores and `taskset`. */
export function pin(pid: number, core: number): boolean {
  if (cpus().length < 2 && core > 0) return false;
  try {
    execFileSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Lets a process run before everything else on its core, as if it had the core for itself: what others do on this machine
 * then does not distort what is measured. Takes `chrt` and the right to use it (root); answers whether it worked.
 */
export function prefer(pid: number): boolean {
  return runs('chrt', ['--all-tasks', '--rr', '--pid', '1', String(pid)]);
}

/** Ms the main thread of a process stood ready and did not get its core, since it began; NaN where nobody counts them. */
export function waitedMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return Number.NaN;
  }
}

function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
