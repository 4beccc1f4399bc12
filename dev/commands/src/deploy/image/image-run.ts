import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_LIMIT_MS = 60_000;
const POLL_MS = 100;
/** Not root, as in an image. */
const USER = 1000;

/** A program of an image, run from the image's files alone. */
export class ImageRun {
  /** Everything it wrote. */
  output = '';
  readonly exited: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (piece: string) => (this.output += piece));
    this.exited = once(child, 'close').then(([code]) => code as number | null);
  }

  /**
   * @param folder the image's /app
   * @param env its whole environment
   */
  static start(folder: string, program: readonly string[], env: Readonly<Record<string, string>>): ImageRun {
    const child = spawn(process.execPath, program, {
      cwd: folder,
      env: { NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(process.getuid?.() === 0 ? { uid: USER, gid: USER } : {}),
    });
    return new ImageRun(child);
  }

  /** Waits for 200. @throws TypeError with its output when it ends before or takes too long */
  async ready(url: string): Promise<void> {
    for (const until = Date.now() + READY_LIMIT_MS; Date.now() < until; await sleep(POLL_MS)) {
      if (this.child.exitCode !== null) break;
      const response = await fetch(url).catch(() => null);
      if (response?.status === 200) return;
    }
    throw new TypeError(`${url} is not ready:\n${this.output}`);
  }

  /** Sends a signal and returns the exit code; null when it takes too long and is killed. */
  async end(signal: NodeJS.Signals = 'SIGTERM', limitMs = 20_000): Promise<number | null> {
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), limitMs);
    const code = await this.exited;
    clearTimeout(timer);
    return code;
  }
}
