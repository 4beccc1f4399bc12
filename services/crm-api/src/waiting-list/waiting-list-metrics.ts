import { Injectable } from '@nestjs/common';
import { Metrics } from '@tandem/platform';

/** The metrics of the waiting list. */
@Injectable()
export class WaitingListMetrics {
  readonly failedOffers;

  constructor(metrics: Metrics) {
    this.failedOffers = metrics.counter({
      name: 'tandem_waiting_list_offers_failed_total',
      help: 'Offers of freed times that failed, by the fate of the time: postponed or given-up',
      labelNames: ['outcome'],
    });
  }
}
