import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Sits on a pipe from this process. However this process ends, SIGKILL included, the kernel closes the pipe;
 * the shell then ends the guarded process, waits in steps of 100 ms, kills its process group, and removes its
 * temporary folder. A zombie has ended: in a container it may never be collected. $1 pid (leader of its own
 * group), $2 first signal, $3 steps to wait, $4 folder to remove or nothing.
 */
const SCRIPT = `
runs() {
  kill -s 0 "$1" 2>/dev/null || return 1
  stat=
  [ ! -r "/proc/$1/stat" ] || read -r stat <"/proc/$1/stat"
  case $stat in *") Z "*) return 1 ;; esac
}
while read -r _; do :; done
kill -s "$2" "$1" 2>/dev/null
step=0
while [ "$step" -lt "$3" ] && runs "$1"; do sleep 0.1; step=$((step + 1)); done
kill -s KILL -- "-$1" 2>/dev/null
[ -z "$4" ] || rm -rf -- "$4"
`;

export interface GuardOptions {
  readonly signal: 'TERM' | 'INT' | 'QUIT';
  /** Time the guarded process may take after that signal before it is killed. */
  readonly graceMs: number;
  /** Removed after its end. */
  readonly removes?: string;
  readonly onFault: (error: Error) => void;
}

/**
 * Makes a process end with this one. Returns the function that removes the guard once the process has ended.
 */
export function guardProcess(pid: number, options: GuardOptions): () => void {
  const steps = Math.ceil(options.graceMs / 100);
  const guard = spawn(
    '/bin/sh',
    ['-c', SCRIPT, 'tandem-guard', String(pid), options.signal, String(steps), options.removes ?? ''],
    {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  guard.once('error', options.onFault);
  let isWanted = true;
  guard.stdin.on('error', (error) => isWanted && options.onFault(error));
  guard.unref();
  (guard.stdin as Socket).unref();
  return () => {
    isWanted = false;
    guard.kill('SIGKILL');
  };
}
