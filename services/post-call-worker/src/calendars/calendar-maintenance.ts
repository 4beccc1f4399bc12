import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { SealBroken, Sealer } from '@tandem/call-state';
import { CALENDAR_SECRETS_PURPOSE, calendarCredentialsPlace } from '@tandem/contracts';
import { CalendarSyncRepository } from '@tandem/database';
import { CONFIG, deriveKeys, FaultLog, RecurringTask, type ServiceConfig } from '@tandem/platform';
import { CalendarMetrics } from './calendar-metrics.ts';
import { CALENDAR_SECRETS } from './calendar-turn.ts';

const EVERY_MS = 15_000;

/** Measures connected calendars, and seals their credentials anew after TANDEM_SECRET was rotated. */
@Injectable()
export class CalendarMaintenance implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CalendarMaintenance.name);
  private readonly keyId: string;
  private readonly task = new RecurringTask(
    EVERY_MS,
    async () => {
      await this.measure();
      await this.reseal();
    },
    new FaultLog(this.logger, 'measure calendars and reseal their credentials'),
  );

  constructor(
    @Inject(CONFIG) config: ServiceConfig<'post-call-worker'>,
    @Inject(CALENDAR_SECRETS) private readonly secrets: Sealer,
    private readonly calendars: CalendarSyncRepository,
    private readonly metrics: CalendarMetrics,
  ) {
    this.keyId = deriveKeys(config.secrets, CALENDAR_SECRETS_PURPOSE)[0].keyId;
  }

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

  async reseal(): Promise<void> {
    for (const calendar of await this.calendars.sealedOtherwise(this.keyId)) {
      const { id, sealedCredentials } = calendar;
      const place = calendarCredentialsPlace(id);
      try {
        const again = this.secrets.seal(this.secrets.open(sealedCredentials, place), place);
        await this.calendars.replaceCredentials(calendar, sealedCredentials, again);
      } catch (error) {
        if (!(error instanceof SealBroken)) throw error;
        this.logger.warn({ connectionId: id }, 'credentials of a calendar unreadable: connect it anew');
      }
    }
  }
}
