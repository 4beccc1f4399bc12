import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { constants, cpus, setPriority } from 'node:os';

/**
 * Keeps a process and all its threads on one core. Returns whether that was possible: it needs two cores and
 * `taskset`.
 */
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
 * Gives the main thread of a process real-time priority on its core, for the measuring process. Threads it
 * starts do not inherit the priority. Needs `chrt` and root; returns whether it worked.
 */
export function prioritise(pid: number): boolean {
  return runs('chrt', ['--reset-on-fork', '--rr', '--pid', '1', String(pid)]);
}

/**
 * Gives a process nearly all of its core against whatever else runs there, as if it had the core for itself.
 * Its threads, the garbage collector's among them, share the core as usual. Needs root; returns whether it
 * worked.
 */
export function favour(pid: number): boolean {
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`))
      setPriority(Number(thread), constants.priority.PRIORITY_HIGHEST);
    // Where sessions share a core as groups, a thread's priority counts within its session only.
    const group = `/proc/${pid}/autogroup`;
    if (existsSync(group)) writeFileSync(group, String(constants.priority.PRIORITY_HIGHEST));
    return true;
  } catch {
    return false;
  }
}

/** Returns the ms a core was busy since the machine started, kernel time included. */
export function busyMs(core: number): number {
  const { user, nice, sys, irq } = cpus()[core]?.times ?? { user: Number.NaN, nice: 0, sys: 0, irq: 0 };
  return user + nice + sys + irq;
}

function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
