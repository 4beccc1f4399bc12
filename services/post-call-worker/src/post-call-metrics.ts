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
  readonly crmPushes;
  readonly crmPending;
  readonly crmDead;
  readonly crmOldest;
  readonly answers;
  readonly lateResults;
  readonly messagesSent;
  readonly textTokens;
  readonly analyses;
  readonly bookingNotices;

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
    this.lateResults = metrics.counter({
      name: 'tandem_late_results_total',
      help: 'Outcomes of tools that ended after the call, by what was done with them',
      labelNames: ['result'],
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
    this.crmPushes = metrics.counter({
      name: 'tandem_crm_pushes_total',
      help: 'Attempts to push an event into a CRM, by outcome',
      labelNames: ['outcome'],
    });
    this.crmPending = metrics.gauge({
      name: 'tandem_crm_pushes_pending',
      help: 'Events of the whole deployment that wait to be pushed into CRMs',
    });
    this.crmDead = metrics.gauge({
      name: 'tandem_crm_pushes_dead',
      help: 'Events that CRMs refused, which can be replayed',
    });
    this.crmOldest = metrics.gauge({
      name: 'tandem_crm_pushes_oldest_due_seconds',
      help: 'Time since the oldest event waiting for a CRM became due',
    });
    this.answers = metrics.counter({
      name: 'tandem_message_answers_total',
      help: 'Answers of the text model to messages, by the way they ended',
      labelNames: ['finish'],
    });
    this.messagesSent = metrics.counter({
      name: 'tandem_messages_sent_total',
      help: 'Messages handed over to their provider, by channel and outcome',
      labelNames: ['channel', 'outcome'],
    });
    this.bookingNotices = metrics.counter({
      name: 'tandem_booking_notices_total',
      help: 'Confirmations and reminders of appointments, by kind, channel and outcome',
      labelNames: ['kind', 'channel', 'outcome'],
    });
    this.textTokens = metrics.counter({
      name: 'tandem_text_model_tokens_total',
      help: 'Tokens of the text model, by direction',
      labelNames: ['direction'],
    });
    this.analyses = metrics.counter({
      name: 'tandem_call_analyses_total',
      help: 'Analyses of calls, by state and by what made them',
      labelNames: ['state', 'source'],
    });
  }
}
