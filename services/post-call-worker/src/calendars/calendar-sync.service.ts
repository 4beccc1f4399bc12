import { setTimeout as delay } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CalendarFault } from '@tandem/calendars';
import { CalendarSyncRepository, type ClaimedCalendar } from '@tandem/database';
import { CONFIG, FaultLog, OutboundClient, type ServiceConfig } from '@tandem/platform';
import { CalendarMetrics } from './calendar-metrics.ts';
import { restOf } from './calendar-rest.ts';
import { CALENDAR_CLIENT, CalendarTurn, LEASE_MS } from './calendar-turn.ts';

const IDLE_MS = 500;
const AFTER_FAULT_MS = 2_000;

/** Gives connected calendars their turns. It runs in every replica; one worker has a calendar at a time. */
@Injectable()
export class CalendarSync implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(CalendarSync.name);
  private readonly claiming = new FaultLog(this.logger, 'look for calendars that are due');
  private readonly turns = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'post-call-worker'>,
    private readonly calendars: CalendarSyncRepository,
    private readonly turn: CalendarTurn,
    @Inject(CALENDAR_CLIENT) private readonly client: OutboundClient,
    private readonly metrics: CalendarMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Waits until running turns are over and stored. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await Promise.all(this.turns);
    this.client.close();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const free = this.config.calendarConcurrency - this.turns.size;
      const claimed = free > 0 ? await this.claim(free) : [];
      for (const calendar of claimed ?? []) {
        const turn = this.take(calendar).finally(() => this.turns.delete(turn));
        this.turns.add(turn);
      }
      const pauseMs = claimed === null ? AFTER_FAULT_MS : IDLE_MS;
      await delay(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** Returns null when the database does not respond. */
  private async claim(free: number): Promise<ClaimedCalendar[] | null> {
    try {
      const claimed = await this.calendars.claim(free, LEASE_MS);
      this.claiming.succeeded();
      return claimed;
    } catch (error) {
      this.claiming.failed(error);
      return null;
    }
  }

  private async take(calendar: ClaimedCalendar): Promise<void> {
    const { id: connectionId, kind } = calendar;
    try {
      await this.turn.run(calendar);
      await this.calendars.succeeded(calendar);
      this.metrics.turns.inc({ kind, outcome: 'done' });
    } catch (error) {
      try {
        await this.fail(calendar, error);
      } catch (second) {
        // The calendar has its next turn when its lease ends; what was written is written again.
        this.logger.warn({ err: second, connectionId }, 'turn of a calendar not stored');
      }
    }
  }

  private async fail(calendar: ClaimedCalendar, error: unknown): Promise<void> {
    const { id: connectionId, tenantId, kind, failures } = calendar;
    const fault = error instanceof CalendarFault ? error : new CalendarFault('unavailable', 'failed');
    if (fault !== error) this.logger.error({ err: error, connectionId }, 'turn of a calendar failed');
    this.metrics.turns.inc({ kind, outcome: fault.kind });
    if (fault.kind === 'needs-authorization') {
      this.logger.warn({ connectionId, tenantId, fault: fault.code }, 'calendar needs authorization');
      return this.calendars.needsAuthorization(calendar, fault.code);
    }
    if (failures === 0)
      this.logger.warn({ connectionId, tenantId, fault: fault.code }, 'calendar does not work; trying again');
    await this.calendars.failed(calendar, fault.code, restOf(failures, fault.retryAfterMs, Math.random()));
  }
}
