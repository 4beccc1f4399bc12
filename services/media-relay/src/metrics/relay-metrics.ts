import { Inject, Injectable } from '@nestjs/common';
import type { CallLogCounters } from '@tandem/call-state';
import { costOf, type CallEventBody, type NewCallEvent } from '@tandem/contracts';
import type { CallLog } from '@tandem/conversation';
import { LATENCY_BUCKETS_S, Metrics } from '@tandem/platform';
import type { TwilioStreamCounters } from '@tandem/telephony';

/** Reasons that say more than their category; others are of the provider's making and have no bound. */
const RESPONSE_FAULTS: ReadonlySet<string> = new Set(['max_output_tokens', 'content_filter', 'no-sound']);
const TRANSCRIPTION_FAULTS: ReadonlySet<string> = new Set([
  'model_not_found',
  'audio_unintelligible',
  'insufficient_quota',
  'rate_limit_exceeded',
  'server_error',
  'invalid_api_key',
]);
const GAP_BUCKETS_S = [0, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 1.5, 3, 5, 10];

/** The numbers of a relay. */
@Injectable()
export class RelayMetrics {
  readonly activeCalls;
  readonly endedCalls;
  readonly refusedStreams;
  readonly socketErrors;
  readonly latency;
  readonly modelFaults;
  readonly unansweredResponses;
  readonly transcriptionFailures;
  readonly unwrittenTurns;
  readonly toolCalls;
  readonly toolLimits;
  readonly usageCost;
  readonly unpricedUsage;
  readonly budgetThresholds;
  readonly commands;
  readonly modelMoves;
  readonly modelGaps;
  readonly freezes;
  readonly movedCalls;
  private readonly refilledEvents;
  private readonly droppedEvents;
  readonly providerFailures;
  readonly providerCircuits;
  readonly recordingsFailed;
  readonly phrases;
  private readonly streamTotals;

  constructor(@Inject(Metrics) private readonly metrics: Metrics) {
    this.activeCalls = metrics.gauge({ name: 'tandem_relay_active_calls', help: 'Calls held now' });
    this.endedCalls = metrics.counter({
      name: 'tandem_relay_calls_ended_total',
      help: 'Calls ended, by termination',
      labelNames: ['class', 'reason'],
    });
    this.refusedStreams = metrics.counter({
      name: 'tandem_relay_streams_refused_total',
      help: 'Sockets closed before they became a stream',
      labelNames: ['reason'],
    });
    this.socketErrors = metrics.counter({
      name: 'tandem_relay_socket_errors_total',
      help: 'Errors on caller sockets',
    });
    this.latency = metrics.histogram({
      name: 'tandem_latency_seconds',
      help: 'What callers wait for',
      labelNames: ['kind'],
      buckets: LATENCY_BUCKETS_S,
    });
    this.modelFaults = metrics.counter({
      name: 'tandem_model_faults_total',
      help: 'Failures of voice models',
      labelNames: ['provider', 'category'],
    });
    this.unansweredResponses = metrics.counter({
      name: 'tandem_model_responses_faulted_total',
      help: 'Responses that were no answer, or not a whole one: how they ended, and why',
      labelNames: ['provider', 'status', 'reason'],
    });
    this.transcriptionFailures = metrics.counter({
      name: 'tandem_transcription_failures_total',
      help: 'Calls in which words of the caller could not be found out, by the reason of the provider',
      labelNames: ['provider', 'code'],
    });
    this.unwrittenTurns = metrics.counter({
      name: 'tandem_turns_without_words_total',
      help: 'Turns of callers that are on record without their words',
    });
    this.toolCalls = metrics.counter({
      name: 'tandem_tool_calls_total',
      help: 'Tool calls by outcome',
      labelNames: ['tool', 'status'],
    });
    this.toolLimits = metrics.counter({
      name: 'tandem_tool_limits_total',
      help: 'Calls whose model called tools so often that further calls are refused',
    });
    this.usageCost = metrics.counter({
      name: 'tandem_usage_cost_usd_total',
      help: 'What calls have used, in US dollars at the dated prices',
      labelNames: ['provider', 'model'],
    });
    this.unpricedUsage = metrics.counter({
      name: 'tandem_usage_unpriced_total',
      help: 'Reports of usage that have no price: cost and budgets lack them',
      labelNames: ['provider', 'model'],
    });
    this.budgetThresholds = metrics.counter({
      name: 'tandem_budget_marks_total',
      help: 'Budgets warned of and reached',
      labelNames: ['scope', 'level'],
    });
    this.commands = metrics.counter({
      name: 'tandem_relay_commands_total',
      help: 'Commands of operators by what became of them',
      labelNames: ['kind', 'outcome'],
    });
    this.modelMoves = metrics.counter({
      name: 'tandem_model_moves_total',
      help: 'Calls that went on in another model session, by why',
      labelNames: ['why'],
    });
    this.modelGaps = metrics.histogram({
      name: 'tandem_model_gap_seconds',
      help: 'Time a call was without a model session',
      labelNames: ['why'],
      buckets: GAP_BUCKETS_S,
    });
    this.freezes = metrics.counter({
      name: 'tandem_relay_freezes_total',
      help: 'Times this process stood still so long that its calls may have been taken over',
    });
    this.movedCalls = metrics.counter({
      name: 'tandem_relay_calls_moved_total',
      help: 'Calls let go while draining so that another relay takes them, by when',
      labelNames: ['at'],
    });
    this.refilledEvents = metrics.gauge({
      name: 'tandem_relay_events_refilled',
      help: 'Events put back since the start because Redis had lost them',
    });
    this.droppedEvents = metrics.gauge({
      name: 'tandem_relay_events_dropped',
      help:
        'Events dropped since the start: the log of their call was full, or they waited for Redis for too ' +
        'long',
    });
    this.providerFailures = metrics.counter({
      name: 'tandem_provider_failures_total',
      help: 'Sessions that did not open and responses that failed, by model and endpoint',
      labelNames: ['target', 'act', 'category'],
    });
    this.providerCircuits = metrics.gauge({
      name: 'tandem_provider_circuit',
      help: 'Whether a model at an endpoint is asked: 0 yes, 1 one call at a time, 2 no',
      labelNames: ['target'],
    });
    this.recordingsFailed = metrics.counter({
      name: 'tandem_recordings_failed_total',
      help:
        'Recordings that broke off, and rounds in which ' +
        'waiting ones could not be sent: look at the store',
    });
    this.phrases = metrics.counter({
      name: 'tandem_phrases_total',
      help: 'Set phrases looked for in the cache: a hit is heard at once, a miss is said by the model',
      labelNames: ['outcome'],
    });
    this.streamTotals = metrics.counter({
      name: 'tandem_stream_events_total',
      help: 'What went over caller streams, counted when they end',
      labelNames: ['what'],
    });
  }

  /** What happened to the writing of events, since the start. */
  updateEventLogCounters({ refilled, dropped }: CallLogCounters): void {
    this.refilledEvents.set(refilled);
    this.droppedEvents.set(dropped);
  }

  /** @param count of sockets that have not shown a valid ticket yet */
  observeUnauthenticatedSockets(count: () => number): void {
    this.metrics.gauge({
      name: 'tandem_relay_unproved_sockets',
      help: 'Sockets that have not shown a valid ticket yet, or were refused and are not gone; bounded',
      collect() {
        this.set(count());
      },
    });
  }

  addStreamCounters(counters: TwilioStreamCounters): void {
    for (const [what, value] of Object.entries(counters) as [string, number][])
      if (value > 0) this.streamTotals.inc({ what }, value);
  }

  /** A call log that counts what passes through it. */
  counting(log: CallLog): CallLog {
    return {
      append: (fact) => {
        this.count(fact);
        log.append(fact);
      },
      flush: (timeoutMs) => log.flush(timeoutMs),
    };
  }

  private priced({ provider, model, usage }: CallEventBody<'usage.reported'>): void {
    const cost = costOf({ provider, model, usage, at: Date.now() });
    if (cost) this.usageCost.inc({ provider, model }, cost.usd);
    else this.unpricedUsage.inc({ provider, model });
  }

  private faulted({ provider, category, code, status }: CallEventBody<'model.faulted'>): void {
    this.modelFaults.inc({ provider, category });
    if (status)
      this.unansweredResponses.inc({ provider, status, reason: RESPONSE_FAULTS.has(code) ? code : category });
  }

  private transcribed({
    type,
    data,
  }: Extract<NewCallEvent, { type: 'transcription.failed' | 'caller.spoke' }>): void {
    if (type === 'transcription.failed')
      this.transcriptionFailures.inc({
        provider: data.provider,
        code: TRANSCRIPTION_FAULTS.has(data.code) ? data.code : 'other',
      });
    else if (data.text === '') this.unwrittenTurns.inc();
  }

  private count(fact: NewCallEvent): void {
    switch (fact.type) {
      case 'latency.measured':
        return this.latency.observe({ kind: fact.data.kind }, fact.data.ms / 1000);
      case 'model.faulted':
        return this.faulted(fact.data);
      case 'transcription.failed':
      case 'caller.spoke':
        return this.transcribed(fact);
      case 'model.moved':
        this.modelMoves.inc({ why: fact.data.why });
        return this.modelGaps.observe({ why: fact.data.why }, fact.data.gapMs / 1000);
      case 'tool.finished':
        return this.toolCalls.inc({ tool: fact.data.name, status: fact.data.outcome.status });
      case 'tool-limit.reached':
        return this.toolLimits.inc();
      case 'usage.reported':
        return this.priced(fact.data);
      case 'budget.reached':
        return this.budgetThresholds.inc({
          scope: fact.data.scope,
          level: fact.data.share < 1 ? 'warned' : 'reached',
        });
      case 'call.ended':
        return this.endedCalls.inc({
          class: fact.data.termination.class,
          reason: fact.data.termination.reason,
        });
      default:
    }
  }
}
