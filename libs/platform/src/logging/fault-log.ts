import type { Logger } from '@nestjs/common';

/**
 * Logs one line when recurring work begins to fail, and one when it succeeds again, however many rounds fail
 * in between.
 */
export class FaultLog {
  private isFailing = false;

  /** @param work verb and object, such as "look for lost calls" */
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
