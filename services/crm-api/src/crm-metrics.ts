import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@tandem/platform';

/** The numbers of this service. */
@Injectable()
export class CrmMetrics {
  readonly refusedCallers;
  readonly bookings;
  readonly keyedRequests;
  readonly databaseFaults;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.refusedCallers = metrics.counter({ name: 'tandem_crm_refused_callers_total', help: 'Requests without a valid credential or scope.', labelNames: ['reason'] });
    this.bookings = metrics.counter({ name: 'tandem_crm_bookings_total', help: 'Bookings asked for, by what became of them.', labelNames: ['outcome'] });
    this.keyedRequests = metrics.counter({ name: 'tandem_crm_keyed_requests_total', help: 'Unsafe requests by what their Idempotency-Key led to.', labelNames: ['outcome'] });
    this.databaseFaults = metrics.counter({ name: 'tandem_crm_database_faults_total', help: 'Requests the database could not serve, by SQLSTATE or cause.', labelNames: ['code'] });
  }
}
