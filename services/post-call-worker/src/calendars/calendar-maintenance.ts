import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CalendarSyncRepository } from '@tandem/database';
import { FaultLog, RecurringTask } from '@tandem/platform';
import { CalendarMetrics } from './calendar-metrics.ts';

const EVERY_MS = 15_000;

/** Measures connected calendars. It runs in every replica, with the same figures. */
@Injectable()
export class CalendarMaintenance implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly task = new RecurringTask(
    EVERY_MS,
    () => this.measure(),
    new FaultLog(new Logger(CalendarMaintenance.name), 'measure calendars'),
  );

  constructor(
    private readonly calendars: CalendarSyncRepository,
    private readonly metrics: CalendarMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  async measure(): Promise<void> {
    const { needingAuthorization, failing, pendingEvents, oldestReadS } = await this.calendars.backlog();
    this.metrics.needingAuthorization.set(needingAuthorization);
    this.metrics.failing.set(failing);
    this.metrics.pendingEvents.set(pendingEvents);
    this.metrics.oldestRead.set(oldestReadS);
  }
}
