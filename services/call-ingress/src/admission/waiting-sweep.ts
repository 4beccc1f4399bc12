import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { WaitingLine, type Place } from '@tandem/call-state';
import { FaultLog, RecurringTask } from '@tandem/platform';
import { IngressMetrics } from '../ingress-metrics.ts';
import { CallRefusal } from './call-refusal.service.ts';

const INTERVAL_MS = 5_000;
const BATCH = 20;

/**
 * Writes down callers who wait no longer though nobody has told: the carrier's report got lost, or Postgres
 * was away when it came. Runs in every replica; each call is written once.
 */
@Injectable()
export class WaitingSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WaitingSweep.name);
  private readonly rounds = new RecurringTask(
    INTERVAL_MS,
    () => this.sweep(),
    new FaultLog(this.logger, 'look for callers who wait no longer'),
  );

  constructor(
    @Inject(WaitingLine) private readonly line: WaitingLine,
    @Inject(CallRefusal) private readonly refusals: CallRefusal,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  private async sweep(): Promise<void> {
    try {
      this.metrics.waitingCalls.set(await this.line.size());
      // One after the other: a database that is slow is needed for those who can be taken.
      for (const { place, askedAt } of await this.line.lapsed(BATCH)) await this.writeDown(place, askedAt);
    } catch (error) {
      this.line.lostContact();
      throw error;
    }
  }

  private async writeDown(place: Place, askedAt: Date): Promise<void> {
    try {
      await this.refusals.expire(place, askedAt);
    } catch (error) {
      this.logger.warn(
        { err: error },
        'a caller who waits no longer could not be written down, and will be tried again: the database ' +
          'does not answer, or the entry does not open',
      );
      await this.line.defer(place);
    }
  }
}
