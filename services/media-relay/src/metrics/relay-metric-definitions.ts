import { LATENCY_BUCKETS_S } from '@tandem/platform';

/** The name, help and labels of a metric. */
export interface Definition<Label extends string = string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly Label[];
  /** Histograms only. */
  readonly buckets?: readonly number[];
}
export type Definitions = Readonly<Record<string, Definition>>;

export const COUNTERS = {
  endedCalls: {
    name: 'tandem_relay_calls_ended_total',
    help: 'Calls ended, by termination',
    labelNames: ['class', 'reason'],
  },
  movedCalls: {
    name: 'tandem_relay_calls_moved_total',
    help: 'Calls handed over to another relay while draining, by moment',
    labelNames: ['at'],
  },
  commands: {
    name: 'tandem_relay_commands_total',
    help: 'Operator commands, by outcome',
    labelNames: ['kind', 'outcome'],
  },
  refusedStreams: {
    name: 'tandem_relay_streams_refused_total',
    help: 'Sockets closed before they became a stream, by reason',
    labelNames: ['reason'],
  },
  socketErrors: {
    name: 'tandem_relay_socket_errors_total',
    help: 'Errors on caller sockets',
  },
  streamTotals: {
    name: 'tandem_stream_events_total',
    help: 'Totals of caller streams, added when a stream ends',
    labelNames: ['what'],
  },
  freezes: {
    name: 'tandem_relay_freezes_total',
    help: 'Freezes of this process long enough for its calls to be taken over',
  },
  modelFaults: {
    name: 'tandem_model_faults_total',
    help: 'Failures of voice models',
    labelNames: ['provider', 'category'],
  },
  unansweredResponses: {
    name: 'tandem_model_responses_faulted_total',
    help: 'Responses without a whole answer, by final status and reason',
    labelNames: ['provider', 'status', 'reason'],
  },
  modelMoves: {
    name: 'tandem_model_moves_total',
    help: 'Calls continued in another model session, by reason',
    labelNames: ['why'],
  },
  providerFailures: {
    name: 'tandem_provider_failures_total',
    help: 'Sessions not opened and responses failed, by model and endpoint',
    labelNames: ['target', 'act', 'category'],
  },
  transcriptionFailures: {
    name: 'tandem_transcription_failures_total',
    help: 'Calls with failed transcription of the caller, by code of the provider',
    labelNames: ['provider', 'code'],
  },
  unwrittenTurns: {
    name: 'tandem_turns_without_words_total',
    help: 'Caller turns recorded without their words',
  },
  phrases: {
    name: 'tandem_phrases_total',
    help: 'Lookups of canned phrases: a hit is played at once, a miss is spoken by the model',
    labelNames: ['outcome'],
  },
  preparedPhrases: {
    name: 'tandem_phrases_prepared_total',
    help: 'Phrases for lost calls that a model was asked to say in the background, by outcome',
    labelNames: ['outcome'],
  },
  toolCalls: {
    name: 'tandem_tool_calls_total',
    help: 'Tool calls, by outcome',
    labelNames: ['tool', 'status'],
  },
  missingTools: {
    name: 'tandem_tools_unavailable_total',
    help: 'Tools of servers that a model provider calls which a call had to do without',
    labelNames: ['why'],
  },
  toolLimits: {
    name: 'tandem_tool_limits_total',
    help: 'Calls that reached the limit of tool calls; further ones are refused',
  },
  usageCost: {
    name: 'tandem_usage_cost_usd_total',
    help: 'Usage of calls in US dollars, at the dated prices',
    labelNames: ['provider', 'model'],
  },
  unpricedUsage: {
    name: 'tandem_usage_unpriced_total',
    help: 'Usage reports without a price: missing from cost and budgets',
    labelNames: ['provider', 'model'],
  },
  budgetThresholds: {
    name: 'tandem_budget_marks_total',
    help: 'Budgets warned of and reached',
    labelNames: ['scope', 'level'],
  },
  recordingsFailed: {
    name: 'tandem_recordings_failed_total',
    help: 'Recordings broken off and failed uploads of pending ones: check the store',
  },
} as const satisfies Definitions;

export const GAUGES = {
  activeCalls: { name: 'tandem_relay_active_calls', help: 'Calls held now' },
  capacity: { name: 'tandem_relay_capacity_calls', help: 'Calls this relay may hold' },
  draining: { name: 'tandem_relay_draining', help: '1 while the relay drains, else 0' },
  overloaded: {
    name: 'tandem_relay_overloaded',
    help: '1 while the relay gets new calls only when no other has room, else 0',
  },
  refilledEvents: {
    name: 'tandem_relay_events_refilled',
    help: 'Events lost by Redis and restored since the start',
  },
  droppedEvents: {
    name: 'tandem_relay_events_dropped',
    help: 'Events dropped since the start: call log full, or Redis away for too long',
  },
  providerCircuits: {
    name: 'tandem_provider_circuit',
    help: 'Circuit of a model at an endpoint: 0 closed, 1 one call at a time, 2 open',
    labelNames: ['target'],
  },
} as const satisfies Definitions;

export const HISTOGRAMS = {
  latency: {
    name: 'tandem_latency_seconds',
    help: 'Latency as callers experience it',
    labelNames: ['kind'],
    buckets: LATENCY_BUCKETS_S,
  },
  modelGaps: {
    name: 'tandem_model_gap_seconds',
    help: 'Time of a call without a model session',
    labelNames: ['why'],
    buckets: [0, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 1.5, 3, 5, 10],
  },
} as const satisfies Definitions;
