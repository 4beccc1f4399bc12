import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Clock } from '@tandem/conversation';

export type ProgramFault = 'not-started' | 'timed-out' | 'aborted' | 'too-much-output' | 'exit-code' | 'busy';

/** A program failed. The message holds none of its output, which may repeat the words of a caller. */
export class ProgramFailure extends Error {
  override readonly name = 'ChildFailure';

  constructor(
    readonly fault: ProgramFault,
    file: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${fault}`, options);
  }
}

export interface ProgramCommand {
  /** Absolute path of the program. */
  readonly file: string;
  readonly args: readonly string[];
  /** Becomes LD_LIBRARY_PATH; nothing else of our environment is passed on. */
  readonly libraryPath: string | undefined;
  /** Given on standard input. */
  readonly input: string;
  readonly timeoutMs: number;
  /** Limit on both outputs together; a program that writes more is stopped. */
  readonly maxOutputBytes: number;
}

export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, in a process group of its own so that nothing it started survives it.
 * @throws ProgramFailure when it cannot be started, takes too long, writes too much, is aborted or reports
 * failure
 */
export function runProgram(
  command: ProgramCommand,
  clock: Clock,
  signal: AbortSignal,
): Promise<ProgramOutput> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new ProgramFailure('aborted', command.file));
    const child = start(command);
    const output: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
    let outputBytes = 0;
    let fault: ProgramFault | null = null;
    const stop = (reason: ProgramFault): void => {
      fault ??= reason;
      killGroup(child.pid);
    };
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > command.maxOutputBytes) return stop('too-much-output');
      into.push(chunk);
    };
    const onAbort = (): void => stop('aborted');
    const timer = clock.after(command.timeoutMs, () => stop('timed-out'));
    signal.addEventListener('abort', onAbort);
    const settle = (finish: () => void): void => {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    child.stdout.on('data', collect(output.stdout));
    child.stderr.on('data', collect(output.stderr));
    child.stdin.on('error', ignoreClosedPipe);
    child.on('error', (cause) =>
      settle(() => reject(new ProgramFailure(fault ?? 'not-started', command.file, { cause }))),
    );
    child.on('close', (code) =>
      settle(() => {
        if (fault !== null || code !== 0)
          return reject(new ProgramFailure(fault ?? 'exit-code', command.file));
        resolve({
          stdout: Buffer.concat(output.stdout).toString(),
          stderr: Buffer.concat(output.stderr).toString(),
        });
      }),
    );
    child.stdin.end(command.input);
  });
}

function start({ file, args, libraryPath }: ProgramCommand): ChildProcessWithoutNullStreams {
  return spawn(file, args, {
    detached: true,
    env: {
      PATH: '/usr/bin:/bin',
      LANG: 'C.UTF-8',
      ...(libraryPath ? { LD_LIBRARY_PATH: libraryPath } : {}),
    },
  });
}

/** The program may end without reading its input; the exit code says how it ended. */
function ignoreClosedPipe(): void {}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Gone already; macOS says EPERM of a group that has ended but is not yet collected.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
