import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** Identity of a process that stays valid when its number is reused. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the kernel writes it; empty when the kernel does not say. */
  readonly startedAt: string;
}

const PS_TIMEOUT_MS = 5_000;
const ZOMBIE = 'zombie';

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedAt: startOf(pid) ?? '' };
}

/**
 * Returns whether the marked process still runs. A zombie does not; one that Linux hides from us (hidepid)
 * counts as running.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  if (!exists(identity.pid)) return false;
  const startedAt = startOf(identity.pid);
  if (startedAt === null) return process.platform === 'linux';
  return startedAt !== ZOMBIE && (identity.startedAt === '' || identity.startedAt === startedAt);
}

/** The command line of a running process; null when there is none or it may not be read. */
export function commandLineOf(pid: number): string | null {
  if (process.platform !== 'linux') return ps(pid, 'command=');
  return readOrNull(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim());
}

/** The working folder of a process; null when there is none, it may not be read, or this is not Linux. */
export function workingFolderOf(pid: number): string | null {
  return readOrNull(() => readlinkSync(`/proc/${pid}/cwd`));
}

/**
 * proc(5): field 3 is the state, field 22 the start in clock ticks since boot; the name in field 2 may hold
 * anything.
 */
function startOf(pid: number): string | null {
  if (process.platform !== 'linux') return ps(pid, 'lstart=');
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z') return ZOMBIE;
  const boot = readOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? '';
  return `${boot}/${fields[19] ?? ''}`;
}

/** Returns whether the number is taken; a zombie counts. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function ps(pid: number, column: string): string | null {
  const done = spawnSync('ps', ['-o', column, '-p', String(pid)], {
    encoding: 'utf8',
    timeout: PS_TIMEOUT_MS,
  });
  const answer = done.status === 0 ? done.stdout.trim() : '';
  return answer === '' ? null : answer;
}

/** Entries missing in /proc are unknown, not a fault: other users' processes may be hidden. */
function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
