import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@tandem/platform';

const QUEUE_WAIT_BUCKETS_S = [5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600];

/** The numbers of the door. */
@Injectable()
export class IngressMetrics {
  readonly admissions;
  readonly queueWait;
  readonly waitingCalls;
  readonly signatureFailures;
  readonly refusedCallbacks;
  readonly streamFailures;
  readonly streamEndings;
  readonly reassignments;
  readonly rescues;
  readonly transfers;
  readonly operatorAnswers;
  readonly endedCalls;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.admissions = metrics.counter({
      name: 'tandem_admissions_total',
      help: 'Voice webhooks by what became of them',
      labelNames: ['outcome'],
    });
    this.queueWait = metrics.histogram({
      name: 'tandem_queue_wait_seconds',
      help: 'Time callers waited in line before a relay took them',
      buckets: QUEUE_WAIT_BUCKETS_S,
    });
    this.waitingCalls = metrics.gauge({
      name: 'tandem_waiting_calls',
      help: 'Callers who wait in line, over all agents and tenants; every replica tells the same figure',
    });
    this.signatureFailures = metrics.counter({
      name: 'tandem_signature_failures_total',
      help: 'Carrier requests whose signature did not fit',
      labelNames: ['reason'],
    });
    this.refusedCallbacks = metrics.counter({
      name: 'tandem_callbacks_refused_total',
      help: 'Carrier callbacks without a valid token of ours',
      labelNames: ['reason'],
    });
    this.streamFailures = metrics.counter({
      name: 'tandem_stream_errors_total',
      help: 'Stream errors the carrier reported',
      labelNames: ['code'],
    });
    this.streamEndings = metrics.counter({
      name: 'tandem_stream_ended_total',
      help: 'Ended streams by what the call does next',
      labelNames: ['next'],
    });
    this.reassignments = metrics.counter({
      name: 'tandem_reattachments_total',
      help: 'Callers without a relay, by why and by what became of it',
      labelNames: ['cause', 'outcome'],
    });
    this.rescues = metrics.counter({
      name: 'tandem_rescues_total',
      help: 'Calls of silent relays, by what became of pulling them over',
      labelNames: ['outcome'],
    });
    this.transfers = metrics.counter({
      name: 'tandem_transfers_total',
      help: 'Callers put through, by how it went',
      labelNames: ['mode', 'outcome'],
    });
    this.operatorAnswers = metrics.counter({
      name: 'tandem_operator_answers_total',
      help: 'Answers of people asked to take a call',
      labelNames: ['by', 'verdict'],
    });
    this.endedCalls = metrics.counter({
      name: 'tandem_ingress_calls_ended_total',
      help: 'Calls ended while no relay held them, by reason',
      labelNames: ['reason'],
    });
  }
}
