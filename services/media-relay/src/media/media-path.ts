import { Inject, Injectable } from '@nestjs/common';
import type { AdmissionRecord } from '@tandem/call-state';
import type { AudioFormat, NewCallEvent } from '@tandem/contracts';
import {
  describeConversion,
  modelInFormat,
  RealClock,
  type CallerStream,
  type CallLog,
  type RecordingControl,
  type VoiceModel,
} from '@tandem/conversation';
import { resilientModel, type FallbackTarget } from '@tandem/models';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { FencedSocket } from '../ownership/fenced-socket.ts';
import { FreezeDetector } from '../ownership/freeze-detector.ts';
import { CallRecordings } from './call-recordings.ts';
import type { CountedStream, IncomingStream } from './incoming-stream.ts';
import { VoiceModels } from './voice-models.ts';

/** The links that audio passes in one call, between the caller's socket and the voice model. */
export interface MediaPath {
  /** The stream as the call session uses it. */
  readonly stream: CallerStream;
  readonly recording?: RecordingControl;
  readonly model: VoiceModel;
  /** Totals of the caller's stream. */
  readonly counters: CountedStream['counters'];
  /** Shows the caller an event of the call, where the stream can. */
  readonly showEvent?: (event: NewCallEvent) => void;
  /** Stops the caller's socket: nothing is sent or received any more. */
  mute(): void;
  /** Returns the links in the order in which a frame of the caller passes them. */
  describe(): readonly string[];
}

export interface MediaPathParts {
  readonly record: Pick<AdmissionRecord, 'callId' | 'tenantId' | 'agent' | 'admittedAt'>;
  readonly log: CallLog;
  /** Called with a fault inside a link; ends the call. */
  readonly onError: (error: unknown) => void;
}

/** Assembles the media path of each call. The only place that joins its links. */
@Injectable()
export class MediaPaths {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'media-relay'>, 'modelHangMs'>,
    @Inject(FreezeDetector)
    private readonly freezes: Pick<FreezeDetector, 'isOwnershipConfirmed' | 'onConfirmed'>,
    @Inject(CallRecordings) private readonly recordings: Pick<CallRecordings, 'recorderFor'>,
    @Inject(VoiceModels) private readonly models: Pick<VoiceModels, 'targetsFor'>,
    @Inject(RealClock) private readonly clock: RealClock,
  ) {}

  /** @throws TypeError when the door opened its stream on a socket that is not fenced */
  assemble(incoming: IncomingStream, { record, log, onError }: MediaPathParts): MediaPath {
    const { clock } = this;
    let socket: FencedSocket | undefined;
    const opened = incoming.open({
      fence: (bare) => (socket = new FencedSocket(bare, this.freezes)),
      clock,
      onError,
    });
    const fenced = socket;
    if (!fenced) throw new TypeError(`The door of ${incoming.protocol} streams did not fence its socket.`);
    const recorder = this.recordings.recorderFor(record, opened, log);
    const targets = this.models.targetsFor(record.agent, onError);
    const watchdog = { hangMs: this.config.modelHangMs };
    const [own, ...fallbacks] = targets;
    const model = resilientModel({
      targets: [inFormat(own, opened.format), ...fallbacks.map((target) => inFormat(target, opened.format))],
      clock,
      watchdog,
    });
    return {
      stream: recorder ?? opened,
      ...(recorder ? { recording: recorder } : {}),
      model,
      counters: opened.counters,
      ...(opened.showEvent ? { showEvent: (event) => opened.showEvent?.(event) } : {}),
      mute: () => fenced.mute(),
      describe: () => [
        'fenced socket',
        `${incoming.protocol} stream, ${opened.format.encoding} ${opened.format.rateHz} Hz`,
        ...(recorder ? ['recorder'] : []),
        'call session',
        `resilient model session, caller replay, watchdog ${watchdog.hangMs} ms`,
        ...targets.flatMap((target) => describeConversion(target.model, opened.format) ?? []),
        targets.map((target) => target.model.provider).join(', then '),
      ],
    };
  }
}

/** A target that hears and speaks in this format already is returned as it is. */
function inFormat(target: FallbackTarget, format: AudioFormat): FallbackTarget {
  const model = modelInFormat(target.model, format);
  return model === target.model ? target : { ...target, model };
}
