import { Injectable } from '@nestjs/common';
import { Metrics } from '@tandem/platform';

/** The metrics of bookings. */
@Injectable()
export class BookingMetrics {
  readonly bookings;

  constructor(metrics: Metrics) {
    this.bookings = metrics.counter({
      name: 'tandem_crm_bookings_total',
      help: 'Requested bookings, by outcome',
      labelNames: ['outcome'],
    });
  }
}
