import { Injectable } from '@nestjs/common';
import { Metrics } from '@tandem/platform';

/** The metrics of connected calendars. */
@Injectable()
export class CalendarMetrics {
  readonly turns;
  readonly events;
  readonly needingAuthorization;
  readonly failing;
  readonly pendingEvents;
  readonly oldestRead;

  constructor(metrics: Metrics) {
    this.turns = metrics.counter({
      name: 'tandem_calendar_turns_total',
      help: 'Turns of connected calendars, by kind and outcome',
      labelNames: ['kind', 'outcome'],
    });
    this.events = metrics.counter({
      name: 'tandem_calendar_events_total',
      help: 'Bookings written to connected calendars or deleted there, by kind and outcome',
      labelNames: ['kind', 'outcome'],
    });
    this.needingAuthorization = metrics.gauge({
      name: 'tandem_calendars_needing_authorization',
      help: 'Connected calendars whose owner must authorize again',
    });
    this.failing = metrics.gauge({
      name: 'tandem_calendars_failing',
      help: 'Connected calendars whose last turn failed',
    });
    this.pendingEvents = metrics.gauge({
      name: 'tandem_calendar_events_pending',
      help: 'Bookings that wait to be written to connected calendars or deleted there',
    });
    this.oldestRead = metrics.gauge({
      name: 'tandem_calendar_oldest_read_seconds',
      help: 'Time since the busy times of the calendar that was read longest ago were read',
    });
  }
}
