import type { Logger } from '@nestjs/common';

/** Work that is done again and again: each round begins some time after the one before has ended. */
export class Rounds {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private isOver = false;
  private isFailing = false;

  /**
   * @param work one round. What it throws is logged when the round before went well, and the recovery once: a Redis that
   *   is away for an hour is one line, not fourteen thousand
   */
  constructor(
    private readonly pauseMs: number,
    private readonly work: () => Promise<void>,
    private readonly told: { readonly logger: Pick<Logger, 'warn' | 'log'>; readonly name: string },
  ) {}

  begin(): void {
    if (this.isOver) return;
    this.timer = setTimeout(() => {
      this.round = this.once().finally(() => this.begin());
    }, this.pauseMs);
  }

  /** No further round; resolves when the one under way has ended. */
  async end(): Promise<void> {
    this.isOver = true;
    if (this.timer) clearTimeout(this.timer);
    await this.round;
  }

  private async once(): Promise<void> {
    const { logger, name } = this.told;
    try {
      await this.work();
      if (this.isFailing) logger.log({ work: name }, 'background work succeeds again');
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) logger.warn({ err: error, work: name }, 'background work fails; trying again each round');
      this.isFailing = true;
    }
  }
}
