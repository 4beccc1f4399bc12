import { Inject, Injectable } from '@nestjs/common';
import type { AdmissionRecord } from '@tandem/call-state';
import { WITHHELD } from '@tandem/contracts';
import { CallSession, RealClock, takeoverOf, type CallLog } from '@tandem/conversation';
import { declarationsFor } from '@tandem/tools';
import type { IncomingStream } from '../media/incoming-stream.ts';
import { LanguageDetection } from '../media/language-detection.ts';
import { MediaPaths, type MediaPath } from '../media/media-path.ts';
import { PhraseCache } from '../media/phrase-cache.ts';
import { PhrasePreparation } from '../media/phrase-preparation.ts';
import { WaitMusic } from '../media/wait-music.ts';
import { HostedToolSecrets } from '../tools/hosted-tool-secrets.ts';
import { persistBeforeCall } from '../tools/persist-before-call.ts';
import { QueuedToolDispatcher } from '../tools/queued-tool-dispatcher.ts';
import type { ClaimedCall } from './claimed-call.ts';
import { shownLog } from './shown-log.ts';

export interface CallContext {
  readonly log: CallLog;
  /** The log is refused: another relay owns the call. */
  readonly isGivenUp: () => boolean;
  /** Called with a fault inside the call; ends it. */
  readonly onError: (error: unknown) => void;
}

/** Creates the session of a claimed call, with its media path and its other adapters. */
@Injectable()
export class CallFactory {
  constructor(
    @Inject(MediaPaths) private readonly mediaPaths: MediaPaths,
    @Inject(QueuedToolDispatcher) private readonly toolDispatcher: QueuedToolDispatcher,
    @Inject(PhraseCache) private readonly phrases: PhraseCache,
    @Inject(PhrasePreparation) private readonly preparation: PhrasePreparation,
    @Inject(WaitMusic) private readonly music: WaitMusic,
    @Inject(LanguageDetection) private readonly languages: LanguageDetection,
    @Inject(HostedToolSecrets) private readonly secrets: HostedToolSecrets,
    @Inject(RealClock) private readonly clock: RealClock,
  ) {}

  /** Loads what a call of this agent uses at its start. Never rejects, and is too short to be heard. */
  preload({ agent }: AdmissionRecord): Promise<void> {
    return this.phrases.preload(agent);
  }

  create(
    { record, epoch, events }: ClaimedCall,
    incoming: IncomingStream,
    { log: kept, isGivenUp, onError }: CallContext,
  ): { readonly session: CallSession; readonly path: MediaPath } {
    const { agent } = record;
    const takeover = epoch > 1 ? takeoverOf(events) : undefined;
    const path = this.mediaPaths.assemble(incoming, { record, log: kept, onError });
    const log = path.showEvent ? shownLog(kept, path.showEvent) : kept;
    const music = () => this.music.soundFor(agent.toolWait, path.stream.format);
    music();
    const language = takeover?.language ?? record.language;
    const session = new CallSession({
      call: {
        callId: record.callId,
        tenantId: record.tenantId,
        epoch,
        callerNumber: record.isNumberDoubted ? WITHHELD : record.from,
        dialledNumber: record.to,
        ...(record.attestation === undefined ? {} : { attestation: record.attestation }),
        caller: record.caller,
        ...(record.parameters ? { parameters: record.parameters } : {}),
        language,
        admittedAt: record.admittedAt,
        agent,
      },
      stream: path.stream,
      ...(path.recording ? { recording: path.recording } : {}),
      model: path.model,
      declarationsFor: (names) =>
        declarationsFor(names, {
          ...agent,
          openSecret: (name, sealed) => this.secrets.open(record.tenantId, name, sealed),
        }),
      ...(takeover ? { takeover } : {}),
      toolDispatcher: persistBeforeCall(this.toolDispatcher, log, isGivenUp),
      log,
      clock: this.clock,
      phrases: this.phrases,
      music,
      detectLanguage: this.languages.detect,
    });
    this.preparation.begin(agent, language, path.stream.format, path.model);
    return { session, path };
  }
}
