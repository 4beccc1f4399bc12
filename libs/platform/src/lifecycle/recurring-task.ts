import type { FaultLog } from '../logging/fault-log.ts';

/** Runs work in rounds; each round begins some time after the previous one has ended. */
export class RecurringTask {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private isOver = false;

  /**
   * @param work one round
   * @param faults logs the first round that throws and the first that succeeds again: an hour without Redis
   * is one line
   */
  constructor(
    private readonly pauseMs: number,
    private readonly work: () => Promise<void>,
    private readonly faults: Pick<FaultLog, 'failed' | 'succeeded'>,
  ) {}

  start(): void {
    if (this.isOver) return;
    this.timer = setTimeout(() => {
      this.round = this.once().finally(() => this.start());
    }, this.pauseMs);
  }

  /** Starts no further round; resolves when the running one has ended. */
  async stop(): Promise<void> {
    this.isOver = true;
    if (this.timer) clearTimeout(this.timer);
    await this.round;
  }

  private async once(): Promise<void> {
    try {
      await this.work();
      this.faults.succeeded();
    } catch (error) {
      this.faults.failed(error);
    }
  }
}
