import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@tandem/platform';

/** The numbers of writing calls down. */
@Injectable()
export class PostCallMetrics {
  readonly recorded;
  readonly unreadableEvents;
  readonly reaped;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.recorded = metrics.counter({ name: 'tandem_calls_recorded_total', help: 'Calls written to Postgres', labelNames: ['outcome'] });
    this.unreadableEvents = metrics.counter({ name: 'tandem_call_events_unreadable_total', help: 'Events that could not be read' });
    this.reaped = metrics.counter({ name: 'tandem_calls_reaped_total', help: 'Calls nobody held any more, by the ending they got', labelNames: ['reason'] });
  }
}
