import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { runCommand } from './run-command.ts';

const LISTENING = '0A';
const LSOF_LIMIT_MS = 5_000;

/**
 * Returns the process that listens on a TCP port, as "node (process 123)"; null when there is none or the
 * system does not say.
 */
export async function ownerOfPort(port: number): Promise<string | null> {
  const pid = process.platform === 'linux' ? linuxPid(port) : await lsofPid(port);
  return pid === null ? null : `${nameOf(pid)} (process ${pid})`;
}

/** proc(5): local address is field 1 (hexadecimal, `address:port`), state field 3, inode field 9. */
function linuxPid(port: number): number | null {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
      lines(table).flatMap((line) => {
        const fields = line.trim().split(/\s+/);
        return fields[1]?.endsWith(`:${wanted}`) && fields[3] === LISTENING ? [`socket:[${fields[9]}]`] : [];
      }),
    ),
  );
  if (sockets.size === 0) return null;
  const pids = entries('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) =>
    entries(`/proc/${pid}/fd`).some((descriptor) => sockets.has(target(`/proc/${pid}/fd/${descriptor}`))),
  );
  return found === undefined ? null : Number(found);
}

async function lsofPid(port: number): Promise<number | null> {
  try {
    const { output } = await runCommand('lsof', ['-nP', '-t', '-sTCP:LISTEN', `-iTCP:${port}`], {
      timeoutMs: LSOF_LIMIT_MS,
    });
    return Number(output.toString().split('\n', 1)[0]) || null;
  } catch {
    return null;
  }
}

function nameOf(pid: number): string {
  return lines(`/proc/${pid}/comm`)[0] || 'a program';
}

/** Other users' processes may be hidden; what cannot be read is as if it were not there. */
function lines(file: string): string[] {
  return orElse(() => readFileSync(file, 'utf8').split('\n'), []);
}

function entries(folder: string): string[] {
  return orElse(() => readdirSync(folder), []);
}

function target(link: string): string {
  return orElse(() => readlinkSync(link), '');
}

function orElse<Of>(read: () => Of, otherwise: Of): Of {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
