import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { IdempotencyKeys } from '@tandem/contracts';
import { IDEMPOTENCY_KEYS } from './idempotent-writes.service.ts';

/** How long keys are kept: longer than a job that may repeat a request (a day). */
const KEEP_MS = 7 * 86_400_000;
const EVERY_MS = 600_000;

/** Deletes old keys. It runs in every replica; they delete different rows. */
@Injectable()
export class IdempotencySweeper implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Idempotency');
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(IDEMPOTENCY_KEYS) private readonly keys: IdempotencyKeys<unknown>) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.sweep(), EVERY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    try {
      const purged = await this.keys.purge(new Date(Date.now() - KEEP_MS));
      if (purged > 0) this.logger.log({ purged }, 'old idempotency keys deleted');
    } catch (error) {
      this.logger.warn({ err: error }, 'deletion of old idempotency keys failed; trying again later');
    }
  }
}
