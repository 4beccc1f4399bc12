import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { BookingRepository } from '@tandem/database';
import { FaultLog, RecurringTask } from '@tandem/platform';
import { WaitingOffers } from './waiting-offers.service.ts';

const INTERVAL_MS = 2_000;
/** Resources and freed times of one round. */
const BATCH = 100;

/**
 * Marks holds that are over, and offers times that became free to those who wait. It runs in every replica;
 * what blocks a time is read from the clock and needs none of it.
 */
@Injectable()
export class WaitingListSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task = new RecurringTask(
    INTERVAL_MS,
    () => this.sweep(new Date()),
    new FaultLog(new Logger(WaitingListSweep.name), 'offer times that became free'),
  );

  constructor(
    private readonly bookings: BookingRepository,
    private readonly offers: WaitingOffers,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  /** One round. */
  async sweep(now: Date): Promise<void> {
    await this.bookings.expireHolds(BATCH);
    for (let count = 0; count < BATCH; count += 1) if (!(await this.offers.offerNext(now))) break;
  }
}
