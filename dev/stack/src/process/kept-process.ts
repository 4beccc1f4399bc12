import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileOwner } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import type { BoundedLog } from './bounded-log.ts';
import { guardProcess, type GuardOptions } from './guard.ts';

/**
 * How long to read on after the exit: output may still be in the pipe, and a grandchild may keep the pipe
 * open.
 */
const OUTPUT_DRAIN_MS = 250;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface KeptProcessOptions {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Only root may run a process as another user. */
  readonly runAs?: FileOwner | null;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
  /** Opens an IPC channel; when it closes, the child knows that this process is gone. */
  readonly onMessage?: (message: unknown) => void;
  readonly log: BoundedLog;
  readonly guard: Omit<GuardOptions, 'onFault'>;
}

/** A step of an ending: send the signal, then wait this long for the exit. */
export interface EndStep {
  readonly signal: NodeJS.Signals;
  readonly waitMs: number;
}

/**
 * A child process guarded against our own end, in a process group of its own so that Ctrl-C reaches us only.
 */
export class KeptProcess {
  readonly pid: number;
  /** Resolves after the exit, when its last output has been read. Never rejects. */
  readonly exited: Promise<Exit>;
  private hasExited = false;

  private constructor(
    private readonly child: ChildProcess,
    pid: number,
    options: KeptProcessOptions,
  ) {
    this.pid = pid;
    const { log } = options;
    const unguard = guardProcess(pid, {
      ...options.guard,
      onFault: (error) =>
        log.write(
          `tandem: nothing would end ${options.name} if this process were killed: ${error.message}\n`,
        ),
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (piece: string) => log.write(piece));
    }
    const closed = once(child, 'close');
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.hasExited = true;
        unguard();
        void Promise.race([closed, sleep(OUTPUT_DRAIN_MS, undefined, { ref: false })]).then(() => {
          for (const stream of [child.stdout, child.stderr]) stream?.destroy();
          resolve({ code, signal });
        });
      });
    });
    child.on('error', (error) => log.write(`tandem: ${options.name}: ${error.message}\n`));
    if (options.onMessage) child.on('message', options.onMessage);
  }

  /** @throws StackError when the program cannot be started at all */
  static async launch(options: KeptProcessOptions): Promise<KeptProcess> {
    const child = spawn(options.file, options.args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: [
        options.input === undefined ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        ...(options.onMessage ? ['ipc' as const] : []),
      ],
      ...(options.runAs ? { uid: options.runAs.uid, gid: options.runAs.gid } : {}),
    });
    if (child.pid === undefined) {
      const [error] = (await once(child, 'error')) as [Error];
      throw new StackError(
        `${options.name} could not be started: ${error.message}.`,
        `Check that ${options.file} is there and may be run by this user.`,
        { cause: error },
      );
    }
    const kept = new KeptProcess(child, child.pid, options);
    if (options.input !== undefined && child.stdin) {
      child.stdin.on('error', (error) =>
        options.log.write(`tandem: ${options.name} did not read its input: ${error.message}\n`),
      );
      child.stdin.end(options.input);
    }
    return kept;
  }

  get isRunning(): boolean {
    return !this.hasExited;
  }

  /** Sends a signal to the process alone. False when it has ended already. */
  signal(signal: NodeJS.Signals): boolean {
    return this.isRunning && this.child.kill(signal);
  }

  /** Sends the signals one after the other until it has ended; at last SIGKILL to its whole group. */
  async end(steps: readonly EndStep[]): Promise<Exit> {
    for (const { signal, waitMs } of steps) {
      if (!this.isRunning) break;
      this.signal(signal);
      await Promise.race([this.exited, sleep(waitMs, undefined, { ref: false })]);
    }
    if (this.isRunning) killGroup(this.pid);
    return this.exited;
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
