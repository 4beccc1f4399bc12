import { Injectable } from '@nestjs/common';
import { Metrics } from '@tandem/platform';

/** The metrics of post-call-worker. */
@Injectable()
export class PostCallMetrics {
  readonly recorded;
  readonly unreadableEvents;
  readonly reaped;
  readonly webhooks;
  readonly webhooksPending;
  readonly webhooksDead;
  readonly webhooksOldest;

  constructor(metrics: Metrics) {
    this.recorded = metrics.counter({
      name: 'tandem_calls_recorded_total',
      help: 'Calls stored in PostgreSQL, by outcome',
      labelNames: ['outcome'],
    });
    this.unreadableEvents = metrics.counter({
      name: 'tandem_call_events_unreadable_total',
      help: 'Unreadable call events',
    });
    this.reaped = metrics.counter({
      name: 'tandem_calls_reaped_total',
      help: 'Lost calls that were closed, by reason',
      labelNames: ['reason'],
    });
    this.webhooks = metrics.counter({
      name: 'tandem_webhook_tries_total',
      help: 'Webhook delivery attempts, by outcome',
      labelNames: ['outcome'],
    });
    this.webhooksPending = metrics.gauge({
      name: 'tandem_webhooks_pending',
      help: 'Pending webhook deliveries of the whole deployment',
    });
    this.webhooksDead = metrics.gauge({
      name: 'tandem_webhooks_dead',
      help: 'Dead webhook deliveries, which can be replayed',
    });
    this.webhooksOldest = metrics.gauge({
      name: 'tandem_webhooks_oldest_due_seconds',
      help: 'Time since the oldest pending webhook delivery became due',
    });
  }
}
