import { costOf, type CallEventBody, type NewCallEvent } from '@tandem/contracts';
import type { CallLog } from '@tandem/conversation';
import { TOOL_DECLARATIONS } from '@tandem/tools';
import type { RelayMetrics } from './relay-metrics.ts';

/** Codes used as labels: other codes come from the provider and are unbounded. */
const RESPONSE_FAULTS: ReadonlySet<string> = new Set(['max_output_tokens', 'content_filter', 'no-sound']);
const TRANSCRIPTION_FAULTS: ReadonlySet<string> = new Set([
  'model_not_found',
  'audio_unintelligible',
  'insufficient_quota',
  'rate_limit_exceeded',
  'server_error',
  'invalid_api_key',
]);

/** Names of tools used as labels: agents declare others, and models invent some. */
const TOOLS: ReadonlySet<string> = new Set(TOOL_DECLARATIONS.map(({ name }) => name));

/** A call log that counts the events passing through it. */
export class CountingLog implements CallLog {
  constructor(
    private readonly log: CallLog,
    private readonly metrics: Pick<RelayMetrics, 'counters' | 'histograms'>,
  ) {}

  append(event: NewCallEvent): void {
    this.count(event);
    this.log.append(event);
  }

  flush(timeoutMs: number): Promise<'stored' | 'timed-out'> {
    return this.log.flush(timeoutMs);
  }

  private count(event: NewCallEvent): void {
    const { counters, histograms } = this.metrics;
    switch (event.type) {
      case 'latency.measured':
        return histograms.latency.observe({ kind: event.data.kind }, event.data.ms / 1000);
      case 'model.faulted':
        return this.countModelFault(event.data);
      case 'transcription.failed':
        return this.countTranscriptionFailure(event.data);
      case 'caller.spoke':
        return this.countCallerTurn(event.data);
      case 'model.moved':
        counters.modelMoves.inc({ why: event.data.why });
        return histograms.modelGaps.observe({ why: event.data.why }, event.data.gapMs / 1000);
      case 'usage.reported':
        return this.countUsage(event.data);
      case 'budget.reached':
        return this.countBudget(event.data);
      case 'call.ended':
        return counters.endedCalls.inc({
          class: event.data.termination.class,
          reason: event.data.termination.reason,
        });
      default:
        return this.countTools(event);
    }
  }

  private countTools(event: NewCallEvent): void {
    const { toolCalls, missingTools, toolLimits } = this.metrics.counters;
    if (event.type === 'tool.finished') {
      const { name, outcome } = event.data;
      toolCalls.inc({ tool: TOOLS.has(name) ? name : 'other', status: outcome.status });
    } else if (event.type === 'tools.unavailable')
      missingTools.inc({ why: event.data.why }, event.data.names.length);
    else if (event.type === 'tool-limit.reached') toolLimits.inc();
  }

  private countModelFault({ provider, category, code, status }: CallEventBody<'model.faulted'>): void {
    const { modelFaults, unansweredResponses } = this.metrics.counters;
    modelFaults.inc({ provider, category });
    if (status)
      unansweredResponses.inc({ provider, status, reason: RESPONSE_FAULTS.has(code) ? code : category });
  }

  private countTranscriptionFailure({ provider, code }: CallEventBody<'transcription.failed'>): void {
    this.metrics.counters.transcriptionFailures.inc({
      provider,
      code: TRANSCRIPTION_FAULTS.has(code) ? code : 'other',
    });
  }

  private countCallerTurn({ text }: CallEventBody<'caller.spoke'>): void {
    if (text === '') this.metrics.counters.unwrittenTurns.inc();
  }

  private countBudget({ scope, share }: CallEventBody<'budget.reached'>): void {
    this.metrics.counters.budgetThresholds.inc({ scope, level: share < 1 ? 'warned' : 'reached' });
  }

  private countUsage({ provider, model, usage }: CallEventBody<'usage.reported'>): void {
    const { usageCost, unpricedUsage } = this.metrics.counters;
    const cost = costOf({ provider, model, usage, at: Date.now() });
    if (cost) usageCost.inc({ provider, model }, cost.usd);
    else unpricedUsage.inc({ provider, model });
  }
}
