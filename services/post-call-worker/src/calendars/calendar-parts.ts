import type { Provider } from '@nestjs/common';
import { calendarApps } from '@tandem/calendars';
import { Destinations, OutboundClient, OutboundConnections, type ServiceConfig } from '@tandem/platform';
import { CalendarMaintenance } from './calendar-maintenance.ts';
import { CalendarMetrics } from './calendar-metrics.ts';
import { CalendarSecrets } from './calendar-secrets.ts';
import { CalendarSync } from './calendar-sync.service.ts';
import { CALENDAR_APPS, CALENDAR_CLIENT, CalendarTurn } from './calendar-turn.ts';

/** The parts that read and write connected calendars. */
export function calendarParts(config: ServiceConfig<'post-call-worker'>): Provider[] {
  const connections = new OutboundConnections(new Destinations(config.trustedNetworks));
  return [
    { provide: CalendarSecrets, useValue: new CalendarSecrets(config.secrets) },
    { provide: CALENDAR_APPS, useValue: calendarApps(config) },
    { provide: CALENDAR_CLIENT, useValue: new OutboundClient(connections) },
    CalendarMetrics,
    CalendarTurn,
    CalendarSync,
    CalendarMaintenance,
  ];
}
