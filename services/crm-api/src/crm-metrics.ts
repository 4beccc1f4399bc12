import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@tandem/platform';

/** The numbers of this service. */
@Injectable()
export class CrmMetrics {
  readonly bookings;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.bookings = metrics.counter({
      name: 'tandem_crm_bookings_total',
      help: 'Bookings asked for, by what became of them.',
      labelNames: ['outcome'],
    });
  }
}
