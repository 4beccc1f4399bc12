import { readdirSync, readFileSync } from 'node:fs';

/** Tick of Linux's process times; `getconf CLK_TCK` prints it. */
const TICK_MS = 10;

/**
 * Returns the ms of CPU a process has used since its start, with all its children, ended ones among them.
 * Linux only.
 */
export function cpuMsOf(pid: number): number {
  const own = statOf(pid);
  if (!own) return Number.NaN;
  const running = childrenOf(pid).reduce((sum, child) => sum + (statOf(child)?.ownMs ?? 0), 0);
  return own.ownMs + own.endedChildrenMs + running;
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => statOf(candidate)?.parent === pid);
}

/** Reads fields 4 (ppid) and 14 to 17 (utime, stime, cutime, cstime) of proc(5); field 2 may hold spaces. */
function statOf(pid: number): { parent: number; ownMs: number; endedChildrenMs: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null; // Ended meanwhile.
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = (field: number) => Number(fields[field - 3]);
  return {
    parent: ticks(4),
    ownMs: (ticks(14) + ticks(15)) * TICK_MS,
    endedChildrenMs: (ticks(16) + ticks(17)) * TICK_MS,
  };
}
