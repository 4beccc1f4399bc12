import { Injectable } from '@nestjs/common';
import { Metrics } from '@tandem/platform';

/** The numbers of writing calls down. */
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
      help: 'Calls written to Postgres',
      labelNames: ['outcome'],
    });
    this.unreadableEvents = metrics.counter({
      name: 'tandem_call_events_unreadable_total',
      help: 'Events that could not be read',
    });
    this.reaped = metrics.counter({
      name: 'tandem_calls_reaped_total',
      help: 'Calls nobody held any more, by the ending they got',
      labelNames: ['reason'],
    });
    this.webhooks = metrics.counter({
      name: 'tandem_webhook_tries_total',
      help: 'Tries to deliver an event, by what came of them',
      labelNames: ['outcome'],
    });
    this.webhooksPending = metrics.gauge({
      name: 'tandem_webhooks_pending',
      help: 'Deliveries that wait, in the whole deployment',
    });
    this.webhooksDead = metrics.gauge({
      name: 'tandem_webhooks_dead',
      help: 'Deliveries that were given up and can be replayed',
    });
    this.webhooksOldest = metrics.gauge({
      name: 'tandem_webhooks_oldest_due_seconds',
      help: 'How long the oldest delivery has been due',
    });
  }
}
