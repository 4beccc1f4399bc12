import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@tandem/platform';

/** The numbers of the door. */
@Injectable()
export class IngressMetrics {
  readonly admissions;
  readonly signatureFailures;
  readonly refusedCallbacks;
  readonly streamFailures;
  readonly streamEndings;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.admissions = metrics.counter({ name: 'tandem_admissions_total', help: 'Voice webhooks by what became of them', labelNames: ['outcome'] });
    this.signatureFailures = metrics.counter({ name: 'tandem_signature_failures_total', help: 'Carrier requests whose signature did not fit', labelNames: ['reason'] });
    this.refusedCallbacks = metrics.counter({ name: 'tandem_callbacks_refused_total', help: 'Carrier callbacks without a valid token of ours', labelNames: ['reason'] });
    this.streamFailures = metrics.counter({ name: 'tandem_stream_errors_total', help: 'Stream errors the carrier reported', labelNames: ['code'] });
    this.streamEndings = metrics.counter({ name: 'tandem_stream_ended_total', help: 'Ended streams by what the call does next', labelNames: ['next'] });
  }
}
