import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  afterCallSchema,
  costOf,
  isE164,
  validationOf,
  type AfterCall,
  type AnalysisJob,
  type FollowUp,
} from '@tandem/contracts';
import {
  AnalysisRepository,
  CallRepository,
  type AnalysisResult,
  type AnalysisUsage,
  type CallDetail,
  type FollowUpMessage,
  type WaitingAnalysis,
} from '@tandem/database';
import { completeStructured, type StructuredAnswer, type TextModel } from '@tandem/models/text';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { TEXT_MODEL } from '../messages/message-answers.service.ts';
import { PostCallMetrics } from '../post-call-metrics.ts';
import { answerCheck, cutText, type Answer } from './analysis-answer.ts';
import { analysisPrompt, answerSchema } from './analysis-prompt.ts';
import { analyseByRules } from './rule-analysis.ts';

/** The longest summary, data and follow-ups have some 4,000 tokens; reasoning models think in them too. */
const MAX_TOKENS = 8_000;
/** Longest message for the staff, as crm-api has it. */
const MAX_MESSAGE_LENGTH = 2_000;
const DEFAULT_LANGUAGE = 'en-US';

/** Analyses calls that are over. */
@Injectable()
export class CallAnalysisService {
  private readonly logger = new Logger(CallAnalysisService.name);

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'post-call-worker'>,
    @Inject(TEXT_MODEL) private readonly model: TextModel,
    private readonly analyses: AnalysisRepository,
    private readonly calls: CallRepository,
    private readonly metrics: PostCallMetrics,
  ) {}

  /**
   * Makes an analysis and stores it, once: an analysis that waits no more is left as it is.
   * @throws ProviderError of the text model; the job runs again
   */
  async analyse(job: AnalysisJob, signal: AbortSignal): Promise<void> {
    const waiting = await this.analyses.waiting(job);
    if (!waiting) return;
    const settings = afterCallSchema.safeParse(waiting.settings);
    if (!settings.success) return this.fail(job, 'settings-unreadable');
    const call = await this.calls.get(waiting.tenantId, waiting.callId);
    if (!call) return this.fail(job, 'call-gone');
    const result = await this.examine(waiting, settings.data, call, signal);
    const message = this.messageOf(waiting, settings.data, call, result);
    await this.store(job, result, message);
  }

  /** Stores that an analysis is given up. */
  async fail(job: AnalysisJob, reason: string): Promise<void> {
    await this.store(job, { state: 'failed', reason, model: null, usage: null, costMicros: null }, null);
  }

  private async store(
    job: AnalysisJob,
    result: AnalysisResult,
    message: FollowUpMessage | null,
  ): Promise<void> {
    if (!(await this.analyses.settle(job, result, message))) return;
    this.metrics.analyses.inc({
      state: result.state,
      source: result.state === 'done' ? result.source : 'none',
    });
    if (result.state === 'failed')
      this.logger.warn(
        { analysisId: job.analysisId, tenantId: job.tenantId, reason: wordOf(result.reason) },
        'call not analysed',
      );
  }

  private async examine(
    waiting: WaitingAnalysis,
    settings: AfterCall,
    call: CallDetail,
    signal: AbortSignal,
  ): Promise<AnalysisResult> {
    const language = settings.language ?? waiting.language ?? DEFAULT_LANGUAGE;
    const isSilent = call.utterances.every(({ text }) => text.trim() === '');
    if (this.model.isDemo || isSilent) {
      const cause = this.model.isDemo ? 'no-model' : 'nothing-said';
      return { state: 'done', ...analyseByRules(settings, call, language, cause) };
    }
    const { companyName, timeZone } = waiting;
    const answer = await completeStructured(this.model, {
      ...analysisPrompt(settings, { companyName, timeZone, language }, call),
      name: 'call_analysis',
      maxTokens: MAX_TOKENS,
      schema: answerSchema(settings),
      check: answerCheck(settings),
      signal,
    });
    return this.resultOf(answer);
  }

  private resultOf(answer: StructuredAnswer<Answer>): AnalysisResult {
    const { usage } = answer;
    this.count(usage);
    const made = { model: this.model.name, usage, costMicros: this.costOf(usage) };
    if (answer.kind === 'answered') return { state: 'done', source: 'model', ...answer.value, ...made };
    const reason = answer.kind === 'refused' ? 'model-refused' : `answer-malformed: ${answer.fault}`;
    return { state: 'failed', reason, ...made };
  }

  /** Returns the message of a fresh call whose agent asks for one; a run over past calls leaves none. */
  private messageOf(
    { isReplay }: WaitingAnalysis,
    { followUps: wanted }: AfterCall,
    call: CallDetail,
    result: AnalysisResult,
  ): FollowUpMessage | null {
    if (result.state === 'failed' || isReplay || wanted !== 'staff-message') return null;
    const theirs = result.followUps.filter(({ who }) => who === 'staff');
    if (theirs.length === 0) return null;
    const body = cutText(theirs.map(lineOf).join('\n'), MAX_MESSAGE_LENGTH);
    return { body, contactPhone: trustedNumber(call) };
  }

  private costOf(usage: AnalysisUsage | null): number | null {
    const provider = this.config.textModelKind;
    if (!usage || provider === undefined) return null;
    const cost = costOf({
      provider,
      model: this.model.name,
      usage: {
        inputTextTokens: usage.inputTokens,
        inputAudioTokens: 0,
        cachedTextTokens: usage.cachedInputTokens,
        cachedAudioTokens: 0,
        outputTextTokens: usage.outputTokens,
        outputAudioTokens: 0,
        transcriptionMs: 0,
      },
      at: Date.now(),
    });
    return cost?.micros ?? null;
  }

  private count(usage: AnalysisUsage | null): void {
    if (!usage) return;
    this.metrics.textTokens.inc({ direction: 'input' }, usage.inputTokens);
    this.metrics.textTokens.inc({ direction: 'output' }, usage.outputTokens);
  }
}

/** Returns the reason without what a model may have put into it. */
const wordOf = (reason: string): string => reason.split(':')[0] ?? reason;

const lineOf = ({ what, due }: FollowUp): string => (due === null ? `- ${what}` : `- ${what} (${due})`);

/** Returns the other party's number; null where it is none, or its validation failed. */
function trustedNumber({ direction, from, to, attestation }: CallDetail): string | null {
  const party = direction === 'inbound' ? from : to;
  return isE164(party) && validationOf(attestation) !== 'failed' ? party : null;
}
