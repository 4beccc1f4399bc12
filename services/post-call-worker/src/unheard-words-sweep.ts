import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { TimelineRepository } from '@tandem/database';
import { FaultLog, RecurringTask } from '@tandem/platform';

const INTERVAL_MS = 60_000;

/** Deletes the words that callers did not hear, a month after their call. It runs in every replica. */
@Injectable()
export class UnheardWordsSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task = new RecurringTask(
    INTERVAL_MS,
    () => this.timelines.deleteUnheard(new Date()),
    new FaultLog(new Logger(UnheardWordsSweep.name), 'delete words that were not heard'),
  );

  constructor(private readonly timelines: TimelineRepository) {}

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }
}
