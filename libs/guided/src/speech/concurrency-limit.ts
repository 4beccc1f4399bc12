import { ProgramFailure } from './subprocess.ts';

/** Runs a limited number of tasks at a time; a limited number waits in order, more are refused. */
export class ConcurrencyLimit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly name: string,
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
  ) {}

  /**
   * @throws ProgramFailure `busy` when too many wait already, `aborted` when the signal comes before the turn
   * does
   */
  async run<Result>(signal: AbortSignal, task: () => Promise<Result>): Promise<Result> {
    await this.enter(signal);
    try {
      return await task();
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  private enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(new ProgramFailure('aborted', this.name));
    if (this.running < this.maxRunning) {
      this.running += 1;
      return Promise.resolve();
    }
    if (this.waiting.length >= this.maxWaiting) return Promise.reject(new ProgramFailure('busy', this.name));
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.waiting.splice(this.waiting.indexOf(admit), 1);
        reject(new ProgramFailure('aborted', this.name));
      };
      const admit = (): void => {
        signal.removeEventListener('abort', onAbort);
        this.running += 1;
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(admit);
    });
  }
}
