import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';

/** A command as its user runs it, in a folder of its own for `.env` and `.tandem`. */
export class CommandRun {
  /** Everything it has printed. */
  output = '';
  readonly pid: number;
  private readonly ended: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    this.pid = child.pid ?? 0;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (piece: string) => (this.output += piece));
    this.ended = once(child, 'close').then(([code]) => code as number | null);
  }

  /**
   * @param home folder of `.env` and `.tandem`
   * @param root of the checkout whose command it is
   */
  static start(
    home: string,
    script: string,
    args: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
    root = checkoutRoot,
  ): CommandRun {
    const file = join(root, 'dev/commands/dist', `${script}.js`);
    const { PATH, HOME, TMPDIR } = process.env;
    return new CommandRun(
      spawn(process.execPath, [file, ...args], {
        cwd: root,
        env: { PATH, HOME, TMPDIR, TANDEM_HOME: home, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** Resolves when it has printed this; throws with all it said when it ends before. */
  async printed(text: string | RegExp): Promise<void> {
    const has = (): boolean =>
      typeof text === 'string' ? this.output.includes(text) : text.test(this.output);
    while (!has()) {
      const isOver = await Promise.race([
        this.ended.then(() => true),
        new Promise<false>((resolve) => setTimeout(resolve, 50, false)),
      ]);
      if (isOver && !has()) throw new Error(`It ended without printing ${String(text)}:\n${this.output}`);
    }
  }

  /** The exit code. */
  end(): Promise<number | null> {
    return this.ended;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it as Ctrl-C does. */
  async stop(): Promise<number | null> {
    this.kill('SIGINT');
    return this.ended;
  }
}
