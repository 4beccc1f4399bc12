import type { Logger } from '@nestjs/common';

/**
 * One line when work that is done again and again begins to fail, and one when it succeeds again, whatever
 * lies between.
 */
export class FaultLog {
  private isFailing = false;

  /** @param work what is done, as in "look for lost calls" */
  constructor(
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
    private readonly work: string,
  ) {}

  failed(error: unknown): void {
    if (!this.isFailing)
      this.logger.warn({ err: error, work: this.work }, 'background work fails; trying again');
    this.isFailing = true;
  }

  succeeded(): void {
    if (this.isFailing) this.logger.log({ work: this.work }, 'background work succeeds again');
    this.isFailing = false;
  }
}
