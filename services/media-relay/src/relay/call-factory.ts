import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AdmissionRecord } from '@tandem/call-state';
import type { AgentSnapshot } from '@tandem/contracts';
import { CallSession, RealClock, type CallLog, type CallerStream, type Takeover, type VoiceModel } from '@tandem/conversation';
import { createGuidedModel, openAiRealtimeModel, type GuidedModel } from '@tandem/models';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { declarationsFor } from '@tandem/tools';
import { QueuedToolCaller } from '../tools/queued-tool-caller.ts';
import { LanguageDetection } from './language-detector.ts';
import { PhraseMemory } from './phrase-memory.ts';
import { unavailableModel } from './unavailable-model.ts';
import { WaitMusic } from './wait-music.ts';

/** The only place that picks concrete adapters for a call. */
@Injectable()
export class CallFactory {
  private readonly logger = new Logger(CallFactory.name);
  readonly clock = new RealClock((error) => this.logger.error({ err: error }, 'a timer of a call failed'));
  private readonly guided: GuidedModel | null;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(QueuedToolCaller) private readonly toolCaller: QueuedToolCaller,
    @Inject(PhraseMemory) private readonly phrases: PhraseMemory,
    @Inject(WaitMusic) private readonly music: WaitMusic,
    @Inject(LanguageDetection) private readonly languages: LanguageDetection,
  ) {
    const { flitePath, espeakPath } = config;
    this.guided = flitePath || espeakPath ? createGuidedModel({ ...config, clock: this.clock }) : null;
  }

  create(record: AdmissionRecord, epoch: number, stream: CallerStream, log: CallLog, takeover: Takeover | undefined, onError: (error: unknown) => void): CallSession {
    const { agent } = record;
    this.music.for(agent.toolWait);
    return new CallSession({
      call: {
        callId: record.callId,
        tenantId: record.tenantId,
        epoch,
        callerNumber: record.from,
        dialledNumber: record.to,
        caller: record.caller,
        language: takeover?.language ?? record.language,
        admittedAt: record.admittedAt,
        agent,
      },
      stream,
      model: this.model(agent, onError),
      declarationsFor: (names) => declarationsFor(names, agent.directory),
      ...(takeover ? { takeover } : {}),
      toolCaller: this.toolCaller,
      log,
      clock: this.clock,
      phrases: this.phrases,
      music: () => this.music.for(agent.toolWait),
      detectLanguage: this.languages.detect,
    });
  }

  private model(agent: AgentSnapshot, onError: (error: unknown) => void): VoiceModel {
    const { config, clock } = this;
    switch (agent.model.kind) {
      case 'guided':
        return this.guided?.forBusiness(agent) ?? unavailableModel('guided', 'no-synthesiser', clock);
      case 'openai-realtime':
        if (!config.openaiApiKey) return unavailableModel('openai-realtime', 'no-api-key', clock);
        return openAiRealtimeModel({
          url: config.openaiRealtimeUrl,
          apiKey: config.openaiApiKey,
          model: agent.model.model || config.openaiRealtimeModel,
          clock,
          onError,
        });
    }
  }
}
