import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { WaitingLine, type Place } from '@tandem/call-state';
import { FaultLog, RecurringTask } from '@tandem/platform';
import { CallRefusal } from '../refusal/call-refusal.service.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';

const INTERVAL_MS = 5_000;
const BATCH = 20;

/**
 * Stores waiting calls the carrier stopped asking about without a report: the report got lost, or Postgres
 * was unreachable when it came. Runs in every replica; each call is stored once.
 */
@Injectable()
export class WaitingSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WaitingSweep.name);
  private readonly task = new RecurringTask(
    INTERVAL_MS,
    () => this.sweep(),
    new FaultLog(this.logger, 'sweep of the waiting line'),
  );

  constructor(
    private readonly line: WaitingLine,
    private readonly refusals: CallRefusal,
    private readonly metrics: IngressMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async sweep(): Promise<void> {
    try {
      this.metrics.waitingCalls.set(await this.line.size());
      // One at a time: a slow database is needed for callers who can be admitted.
      for (const { place, askedAt } of await this.line.expired(BATCH)) await this.expire(place, askedAt);
    } catch (error) {
      this.line.lostContact();
      throw error;
    }
  }

  private async expire(place: Place, askedAt: Date): Promise<void> {
    try {
      await this.refusals.expire(place, askedAt);
    } catch (error) {
      this.logger.warn(
        { err: error },
        'expired place in line not stored: no database, or the entry cannot be decrypted; retrying',
      );
      await this.line.defer(place);
    }
  }
}
