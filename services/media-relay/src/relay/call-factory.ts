import { Inject, Injectable, Logger } from '@nestjs/common';
import { providerTarget, type AdmissionRecord } from '@tandem/call-state';
import { modelTargets, WITHHELD, type AgentSnapshot, type FallbackTargetSettings } from '@tandem/contracts';
import {
  CallSession,
  RealClock,
  type CallLog,
  type CallerStream,
  type Takeover,
  type VoiceModel,
} from '@tandem/conversation';
import { createGuidedModel, type GuidedModel } from '@tandem/guided';
import { openAiRealtimeModel, resilientModel, type FallbackTarget } from '@tandem/models';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { declarationsFor } from '@tandem/tools';
import { QueuedToolCaller } from '../tools/queued-tool-caller.ts';
import { persistBeforeCall } from '../tools/persist-before-call.ts';
import { LanguageDetection } from './language-detector.ts';
import { PhraseCache } from './phrase-cache.ts';
import { ProviderWatch } from './provider-watch.ts';
import { CallRecordings } from './recordings.ts';
import { unavailableModel } from './unavailable-model.ts';
import { WaitMusic } from './wait-music.ts';

/** What is particular to one stream of a call. */
export interface StreamParts {
  readonly stream: CallerStream;
  readonly log: CallLog;
  /** The log takes nothing of ours any more: somebody else has the call. */
  readonly isGivenUp: () => boolean;
  readonly takeover?: Takeover;
  readonly onError: (error: unknown) => void;
}

/** The only place that picks concrete adapters for a call. */
@Injectable()
export class CallFactory {
  private readonly logger = new Logger(CallFactory.name);
  readonly clock = new RealClock((error) => this.logger.error({ err: error }, 'a timer of a call failed'));
  private readonly guided: GuidedModel | null;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(QueuedToolCaller) private readonly toolCaller: QueuedToolCaller,
    @Inject(PhraseCache) private readonly phrases: PhraseCache,
    @Inject(WaitMusic) private readonly music: WaitMusic,
    @Inject(LanguageDetection) private readonly languages: LanguageDetection,
    @Inject(ProviderWatch) private readonly providers: ProviderWatch,
    @Inject(CallRecordings) private readonly recordings: CallRecordings,
  ) {
    const { flitePath, espeakPath } = config;
    this.guided = flitePath || espeakPath ? createGuidedModel({ ...config, clock: this.clock }) : null;
  }

  /**
   * What a call of this agent needs at hand when it begins. Never rejects, and takes no time that is heard.
   */
  prepare({ agent }: AdmissionRecord): Promise<void> {
    return this.phrases.prepare(agent);
  }

  create(
    record: AdmissionRecord,
    epoch: number,
    { stream, log, isGivenUp, takeover, onError }: StreamParts,
  ): CallSession {
    const { agent } = record;
    this.music.for(agent.toolWait);
    return new CallSession({
      call: {
        callId: record.callId,
        tenantId: record.tenantId,
        epoch,
        callerNumber: record.isNumberDoubted ? WITHHELD : record.from,
        dialledNumber: record.to,
        caller: record.caller,
        language: takeover?.language ?? record.language,
        admittedAt: record.admittedAt,
        agent,
      },
      ...this.recordings.of(record, stream, log),
      model: this.model(agent, onError),
      declarationsFor: (names) => declarationsFor(names, agent.directory),
      ...(takeover ? { takeover } : {}),
      toolCaller: persistBeforeCall(this.toolCaller, log, isGivenUp),
      log,
      clock: this.clock,
      phrases: this.phrases,
      music: () => this.music.for(agent.toolWait),
      detectLanguage: this.languages.detect,
    });
  }

  /**
   * The agent's ladder down to its first rung that is no model. Rungs this deployment cannot serve are left
   * out, but for the first.
   */
  private model(agent: AgentSnapshot, onError: (error: unknown) => void): VoiceModel {
    const [own, ...others] = modelTargets(agent);
    const first = (own && this.rung(agent, own, onError)) ?? {
      model: unavailableModel(
        agent.model.kind,
        agent.model.kind === 'guided' ? 'no-synthesiser' : 'no-api-key',
        this.clock,
      ),
      canHang: false,
    };
    const rungs = others.flatMap((settings) => this.rung(agent, settings, onError) ?? []);
    return resilientModel({
      rungs: [first, ...rungs],
      clock: this.clock,
      watchdog: { hangMs: this.config.modelHangMs },
    });
  }

  private rung(
    agent: AgentSnapshot,
    { model, endpoint }: FallbackTargetSettings,
    onError: (error: unknown) => void,
  ): FallbackTarget | null {
    const { voice } = model;
    if (model.kind === 'guided')
      return (
        this.guided && {
          model: this.guided.forBusiness(agent),
          settings: { voice, transcriptionModel: '' },
          canHang: false,
        }
      );
    const access = this.access(endpoint);
    const target = providerTarget(model, endpoint);
    if (!access || target === null) return null;
    const { transcriptionModel, noiseReduction, speed } = model;
    const health = this.providers.of(target);
    const { modelOpenTimeoutMs, openaiMaxSessionMs } = this.config;
    return {
      model: openAiRealtimeModel({
        ...access,
        model: model.model || access.model,
        clock: this.clock,
        onError,
        openTimeoutMs: modelOpenTimeoutMs,
        maxSessionMs: openaiMaxSessionMs,
        onRateLimits: (limits) => health.limits(limits),
      }),
      settings: { voice, transcriptionModel, noiseReduction, speed },
      health,
    };
  }

  /** Null for an endpoint without a key or an address. */
  private access(endpoint: 'primary' | 'secondary'): { url: string; apiKey: string; model: string } | null {
    const {
      openaiApiKey,
      openaiRealtimeUrl,
      openaiRealtimeModel,
      openaiSecondaryUrl,
      openaiSecondaryApiKey,
      openaiSecondaryModel,
    } = this.config;
    if (endpoint === 'primary')
      return openaiApiKey
        ? { url: openaiRealtimeUrl, apiKey: openaiApiKey, model: openaiRealtimeModel }
        : null;
    const apiKey = openaiSecondaryApiKey ?? openaiApiKey;
    return openaiSecondaryUrl && apiKey
      ? { url: openaiSecondaryUrl, apiKey, model: openaiSecondaryModel ?? openaiRealtimeModel }
      : null;
  }
}
