import { Inject, Injectable } from '@nestjs/common';
import type { AdmissionRecord } from '@tandem/call-state';
import { WITHHELD } from '@tandem/contracts';
import { CallSession, RealClock, type CallLog, type CallerStream, type Takeover } from '@tandem/conversation';
import { declarationsFor } from '@tandem/tools';
import { QueuedToolCaller } from '../tools/queued-tool-caller.ts';
import { persistBeforeCall } from '../tools/persist-before-call.ts';
import { LanguageDetection } from '../media/language-detection.ts';
import { PhraseCache } from '../media/phrase-cache.ts';
import { VoiceModels } from '../media/voice-models.ts';
import { CallRecordings } from '../media/call-recordings.ts';
import { WaitMusic } from '../media/wait-music.ts';

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
  constructor(
    @Inject(QueuedToolCaller) private readonly toolCaller: QueuedToolCaller,
    @Inject(PhraseCache) private readonly phrases: PhraseCache,
    @Inject(WaitMusic) private readonly music: WaitMusic,
    @Inject(LanguageDetection) private readonly languages: LanguageDetection,
    @Inject(VoiceModels) private readonly models: VoiceModels,
    @Inject(CallRecordings) private readonly recordings: CallRecordings,
    @Inject(RealClock) readonly clock: RealClock,
  ) {}

  /**
   * What a call of this agent needs at hand when it begins. Never rejects, and takes no time that is heard.
   */
  preload({ agent }: AdmissionRecord): Promise<void> {
    return this.phrases.preload(agent);
  }

  create(
    record: AdmissionRecord,
    epoch: number,
    { stream, log, isGivenUp, takeover, onError }: StreamParts,
  ): CallSession {
    const { agent } = record;
    this.music.soundFor(agent.toolWait);
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
      ...this.recordings.wrap(record, stream, log),
      model: this.models.modelFor(agent, onError),
      declarationsFor: (names) => declarationsFor(names, agent.directory),
      ...(takeover ? { takeover } : {}),
      toolCaller: persistBeforeCall(this.toolCaller, log, isGivenUp),
      log,
      clock: this.clock,
      phrases: this.phrases,
      music: () => this.music.soundFor(agent.toolWait),
      detectLanguage: this.languages.detect,
    });
  }
}
