import type { FaultLog } from '../logging/fault-log.ts';

/** Work that is done again and again: each round begins some time after the one before has ended. */
export class RecurringTask {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private isOver = false;

  /**
   * @param work one round
   * @param faults told of rounds that throw and of those that do not: a Redis that is away for an hour is one
   * line
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

  /** No further round; resolves when the one under way has ended. */
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
