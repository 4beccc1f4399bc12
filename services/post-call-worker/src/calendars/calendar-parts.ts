import type { Provider } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { calendarApps } from '@tandem/calendars';
import { CALENDAR_SECRETS_PURPOSE } from '@tandem/contracts';
import {
  deriveKeys,
  Destinations,
  OutboundClient,
  OutboundConnections,
  type ServiceConfig,
} from '@tandem/platform';
import { CalendarMaintenance } from './calendar-maintenance.ts';
import { CalendarMetrics } from './calendar-metrics.ts';
import { CalendarSync } from './calendar-sync.service.ts';
import { CALENDAR_APPS, CALENDAR_CLIENT, CALENDAR_SECRETS, CalendarTurn } from './calendar-turn.ts';

/** The parts that read and write connected calendars. */
export function calendarParts(config: ServiceConfig<'post-call-worker'>): Provider[] {
  const sealer = new Sealer(deriveKeys(config.secrets, CALENDAR_SECRETS_PURPOSE));
  const connections = new OutboundConnections(new Destinations(config.trustedNetworks));
  return [
    { provide: CALENDAR_SECRETS, useValue: sealer },
    { provide: CALENDAR_APPS, useValue: calendarApps(config) },
    { provide: CALENDAR_CLIENT, useValue: new OutboundClient(connections) },
    CalendarMetrics,
    CalendarTurn,
    CalendarSync,
    CalendarMaintenance,
  ];
}
