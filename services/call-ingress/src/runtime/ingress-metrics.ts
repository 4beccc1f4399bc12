import { Injectable } from '@nestjs/common';
import { Metrics } from '@tandem/platform';

const QUEUE_WAIT_BUCKETS_S = [5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600];

/** The metrics of call-ingress. */
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
  readonly messages;
  readonly messageReports;

  constructor(metrics: Metrics) {
    this.admissions = metrics.counter({
      name: 'tandem_admissions_total',
      help: 'Voice webhooks by outcome',
      labelNames: ['outcome'],
    });
    this.queueWait = metrics.histogram({
      name: 'tandem_queue_wait_seconds',
      help: 'Time in line of callers admitted to a relay',
      buckets: QUEUE_WAIT_BUCKETS_S,
    });
    this.waitingCalls = metrics.gauge({
      name: 'tandem_waiting_calls',
      help: 'Callers waiting in line, over all agents and tenants; the same figure in every replica',
    });
    this.signatureFailures = metrics.counter({
      name: 'tandem_signature_failures_total',
      help: 'Carrier requests with an invalid signature, by reason',
      labelNames: ['reason'],
    });
    this.refusedCallbacks = metrics.counter({
      name: 'tandem_callbacks_refused_total',
      help: 'Carrier callbacks refused: invalid token, or another account',
      labelNames: ['reason'],
    });
    this.streamFailures = metrics.counter({
      name: 'tandem_stream_errors_total',
      help: 'Stream errors reported by the carrier',
      labelNames: ['code'],
    });
    this.streamEndings = metrics.counter({
      name: 'tandem_stream_ended_total',
      help: 'Ended streams by the next step of the call',
      labelNames: ['next'],
    });
    this.reassignments = metrics.counter({
      name: 'tandem_reattachments_total',
      help: 'Callers without a relay, by cause and outcome',
      labelNames: ['cause', 'outcome'],
    });
    this.rescues = metrics.counter({
      name: 'tandem_rescues_total',
      help: 'Redirects of live calls of silent relays, by outcome',
      labelNames: ['outcome'],
    });
    this.transfers = metrics.counter({
      name: 'tandem_transfers_total',
      help: 'Transfers to a person, by mode and outcome',
      labelNames: ['mode', 'outcome'],
    });
    this.operatorAnswers = metrics.counter({
      name: 'tandem_operator_answers_total',
      help: 'Answers of people asked to take a call, by input and verdict',
      labelNames: ['by', 'verdict'],
    });
    this.endedCalls = metrics.counter({
      name: 'tandem_ingress_calls_ended_total',
      help: 'Calls ended without a relay, by reason',
      labelNames: ['reason'],
    });
    this.messages = metrics.counter({
      name: 'tandem_messages_received_total',
      help: 'Text messages of senders by outcome; received is one that awaits an answer',
      labelNames: ['outcome'],
    });
    this.messageReports = metrics.counter({
      name: 'tandem_message_reports_total',
      help: 'Carrier reports on text messages sent, by outcome',
      labelNames: ['outcome'],
    });
  }
}
