import { toWeeklyHours, type TenantId, type WeeklyHours } from '@tandem/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import type { BookableService } from '../../entities/business.entities.ts';
import {
  readCalendar,
  type BusyPeriod,
  type CalendarStretch,
  type Leave,
  type ServiceName,
} from '../../queries/calendar.ts';

/** Everything that decides which appointments of one service are free in a stretch of time. */
export interface Calendar {
  /** IANA name. */
  readonly timeZone: string;
  /** How many days ahead may be booked. */
  readonly horizonDays: number;
  /** Null when the tenant has no such service. */
  readonly service: BookableService | null;
  /** Keys of all services on offer, to name them when an unknown one is asked for. */
  readonly serviceKeys: readonly string[];
  /** The zone it is of; null when none was named, or the tenant has no such zone. */
  readonly zoneId?: string | null;
  /** The resources that do the service and have the skills it needs, by id. */
  readonly resources: readonly CalendarResource[];
  /** Days without appointments. */
  readonly closedDates: readonly { readonly date: string; readonly name: string }[];
  /** The bookings of these resources, for any service, and busy times of their connected calendars. */
  readonly busy: readonly BusyPeriod[];
  /** Times in which one of these resources does not work. */
  readonly leave: readonly Leave[];
}

export interface CalendarResource {
  readonly id: string;
  readonly name: string;
  readonly hours: readonly WeeklyHours[];
}

/** Reads calendars. The caller works out what is free: that depends on clocks, not on rows. */
export class CalendarRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** One query. Null when there is no such tenant. */
  async load(
    tenantId: TenantId,
    service: ServiceName,
    stretch: CalendarStretch,
    transaction?: Transaction,
  ): Promise<Calendar | null> {
    const read = (manager: EntityManager) => readCalendar(manager, tenantId, service, stretch);
    const stored = await (transaction ? read(transaction) : run(this.dataSource, tenantId, read));
    if (!stored) return null;
    const resources = stored.resources.map(({ id, name, hours }) => ({
      id,
      name,
      hours: hours.map(toWeeklyHours),
    }));
    const { elsewhere, ...rest } = stored;
    return { ...rest, busy: [...stored.busy, ...elsewhere], resources };
  }
}
