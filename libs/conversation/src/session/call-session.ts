import {
  afterModels,
  bytesPerMs,
  type AgentChange,
  type ProviderError,
  type ResponseId,
  type Termination,
  type ToolDeclaration,
  type ToolOutcome,
  type Usage,
} from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';
import { isAudible } from '../audio/loudness.ts';
import { silenceLike } from '../audio/silence.ts';
import type { CallLog } from '../ports/call-log.ts';
import type { CallerStream, CallerStreamListener } from '../ports/caller-stream.ts';
import type { Clock } from '../ports/clock.ts';
import type { PhraseAudioCache } from '../ports/phrase-cache.ts';
import type { RecordingControl } from '../ports/recording-control.ts';
import type { ToolCaller } from '../ports/tool-caller.ts';
import type {
  ModelMove,
  ModelSessionListener,
  ResponseStatus,
  VoiceModel,
  VoiceModelSession,
} from '../ports/voice-model.ts';
import { CallHistory, remembering } from './history/call-history.ts';
import { offsetMs, type CallInfo } from './call-info.ts';
import { assembleCall, type CallParts } from './call-parts.ts';
import { greetingOf, type FirstWords } from './speech/greeting.ts';
import type { LanguageDetector } from './agent/language-watch.ts';
import { modelSetup } from './agent/model-setup.ts';
import { resumeOpening, type Takeover } from './history/takeover.ts';
import type { SpokenItem } from './history/transcript.ts';
import type { TransferRequest } from './tools/transfer.ts';

export interface CallSessionParts {
  readonly call: CallInfo;
  readonly stream: CallerStream;
  readonly model: VoiceModel;
  /** Declarations of these names; unknown ones are left out. */
  readonly declarationsFor: (names: readonly string[]) => readonly ToolDeclaration[];
  readonly toolCaller: ToolCaller;
  readonly log: CallLog;
  /** What the relays that held the call before have left; absent on a call's first stream. */
  readonly takeover?: Takeover;
  readonly clock: Clock;
  readonly phrases?: PhraseAudioCache;
  /** Wait music in the stream's format, as soon as it is at hand; empty for none. */
  readonly music?: () => Uint8Array;
  readonly recording?: RecordingControl;
  readonly detectLanguage?: LanguageDetector;
}

/** Transcripts of the caller's last words are waited for this long after the call ended. */
const LAST_WORDS_MS = 1_500;
/** The ending must be on record before the carrier asks what to do next. */
const ENDING_FLUSH_MS = 1_000;
/** A response that failed is asked for once more; a second failure in a row ends the call in words. */
const MAX_FAILED_RESPONSES = 2;
/** What a person is told who takes a call over from a model that failed. */
const BROKE_OFF = 'The conversation with the agent broke off for a technical reason.';
/** Whether speech goes on is looked at in one frame of so many, where nothing hangs on the moment. */
const SAMPLED_FRAMES = 16;
/** Reasons for failed transcriptions that are told of in one call. */
const MAX_TRANSCRIPTION_FAULTS = 4;
/** A shorter silence of the agent passes for thinking. */
const AUDIBLE_GAP_MS = 1_500;

/**
 * One call in one relay: joins a caller stream and a voice model. Wiring only; whatever needs state has its
 * own file.
 */
export class CallSession {
  private readonly log: CallLog;
  private readonly history: CallHistory;
  private readonly parts: CallParts;
  private model: VoiceModelSession | null = null;
  private running: ResponseId | null = null;
  private hasAgentSpoken: boolean;
  private readonly opening: FirstWords;
  private isOpeningSaid = false;
  private failedResponses = 0;
  private framesHeard = 0;
  private readonly transcriptionFaults = new Set<string>();
  private resolveEnded!: (termination: Termination | null) => void;
  /**
   * Resolves when the call is over, everything known of it is logged, and model and stream are closed. Null
   * when the call goes on elsewhere: with a person, or in another session.
   */
  readonly ended = new Promise<Termination | null>((resolve) => (this.resolveEnded = resolve));

  constructor(private readonly given: CallSessionParts) {
    const { takeover, call, clock } = given;
    this.history = takeover?.history ?? new CallHistory();
    this.hasAgentSpoken = !this.history.isEmpty;
    this.opening =
      takeover && this.hasAgentSpoken
        ? resumeOpening(takeover, call, clock)
        : greetingOf(call, clock.wallTime());
    this.log = remembering(given.log, this.history);
    this.parts = assembleCall(given, this.log, {
      model: () => this.model,
      agentBegins: () => this.agentBegins(),
      agentStarted: (responseId) => this.agentStarted(responseId),
      itemFinished: (item) => this.itemFinished(item),
      playoutIdle: () => this.playoutIdle(),
      quiet: () => this.quiet(),
      ended: (termination) => void this.finish(termination),
      putThrough: () => this.leave('transfer'),
    });
  }

  /** Opens the model, greets at once if the greeting's audio is at hand, and listens to the caller. */
  start(): void {
    const { call, stream, model, takeover } = this.given;
    if (takeover?.openTools.some(({ name }) => name === 'collect_digits'))
      this.parts.secureDigits.maskAfterInterruption();
    stream.attach(this.fromCaller);
    this.parts.recording.begin();
    const { instructions, tools } = this.parts.agent;
    const history = () => [
      ...this.history.items(),
      ...this.parts.transcript.unheard((itemId) => this.parts.playout.holds(itemId)),
    ];
    const isClosing = () => this.parts.ending.isSayingGoodbye;
    const setup = modelSetup(
      call,
      { instructions, tools, history, isClosing },
      stream.format,
      model.capabilities,
    );
    if (!setup) return this.parts.ending.end('model-unavailable');
    const { text, isPersonal } = this.opening;
    this.parts.turns.isProtected = this.history.isEmpty && call.agent.interruption.protectsGreeting;
    this.isOpeningSaid = text !== '' && this.parts.phrases.playCached(text, isPersonal);
    this.model = model.open(setup, this.fromModel);
    const { carriedSettings } = this.parts.agent;
    if (Object.keys(carriedSettings).length > 0) this.model.change(carriedSettings);
  }

  /** Ends the call from outside, at once. */
  end(reason: 'relay-shutdown' | 'internal-error'): void {
    this.parts.ending.end(reason);
  }

  /** Has the agent say goodbye, as an operator wishes; the call ends when it was heard. */
  sayGoodbye(): void {
    const { turns, ending, watch } = this.parts;
    if (ending.isDecided) return;
    watch.takeFloorForFarewell();
    ending.sayGoodbye('operator-ended', { isFinal: true });
    turns.speak({
      kind: 'instruct',
      instruction: 'The call is being ended now. Say one short goodbye to the caller.',
    });
  }

  /**
   * Puts the caller through from outside, as the tool does. Without words when no model is there to say them.
   */
  putThrough(wish: TransferRequest, isAnnounced = true): ToolOutcome {
    return this.parts.ending.isOver ? { status: 'cancelled' } : this.parts.transfer.begin(wish, isAnnounced);
  }

  /** Lets go of the call, which goes on elsewhere. Nothing when it has ended. */
  leave(reason: 'transfer' | 'moved' | 'taken-over' | 'connection-lost' | 'media-timeout'): void {
    if (!this.parts.ending.leave()) return;
    this.log.append({ type: 'stream.detached', data: { reason } });
    void this.finish(null);
  }

  /** Holds the recording back, or lets it go on, as an operator wishes. */
  pauseRecording(isPaused: boolean): void {
    if (isPaused) this.parts.recording.hold('operator');
    else this.parts.recording.release('operator');
  }

  /**
   * Lets go of the call so that another relay can take it, if this is a pause between turns with nothing
   * pending; with `isPauseOver` unless it ends or is put through at this very moment. Answers whether it did.
   */
  move(isPauseOver: boolean): boolean {
    const { ending, transfer, turns, tools, transcript, secureDigits } = this.parts;
    if (ending.isOver || ending.isSayingGoodbye || transfer.isPending) return false;
    const isPause = turns.isQuiet && !tools.isWaiting && !transcript.isWaiting && !secureDigits.isOn;
    if (!isPause && !isPauseOver) return false;
    this.leave('moved');
    return true;
  }

  /** Changes the agent from outside, while it talks. */
  change(change: AgentChange): void {
    this.parts.agent.apply(change, 'operator');
  }

  private readonly fromCaller: CallerStreamListener = {
    onAudio: (frame) => this.callerAudio(frame),
    onHeard: (heard) => this.parts.playout.heard(heard),
    onSilent: () => this.parts.latency.silent(),
    onDigit: (digit) => this.digit(digit),
    onClosed: (reason) => {
      // A stream can be lost with the caller still on the line: the carrier then asks where the call goes.
      if (reason === 'connection-lost' || reason === 'media-timeout') this.leave(reason);
      else this.parts.ending.end(reason === 'closed-by-us' ? 'stream-lost' : reason);
    },
  };

  private readonly fromModel: ModelSessionListener = {
    onAudio: (frame, itemId, responseId) => {
      this.parts.latency.modelAudio(responseId);
      this.parts.phrases.audio(frame, responseId);
      this.parts.playout.audio(frame, itemId, responseId);
    },
    onAgentText: (itemId, delta) => {
      this.parts.transcript.agentSaid(itemId, delta);
      this.parts.phrases.agentText(delta, this.running);
    },
    onItemDone: (itemId) => this.parts.playout.itemWritten(itemId),
    onCallerSpeechStarted: (itemId) => this.parts.caller.started(itemId),
    onCallerSpeechStopped: (itemId, endedAgoMs) => this.parts.caller.stopped(itemId, endedAgoMs),
    onCallerText: (itemId, text, isFinal) => this.parts.caller.text(itemId, text, isFinal),
    onTranscriptionFailed: (error) => this.transcriptionFailed(error),
    onToolCall: (asked) => this.parts.tools.asked(asked),
    onResponseStarted: (responseId) => {
      this.running = responseId;
      this.parts.phrases.responseStarted(responseId);
      this.parts.turns.responseStarted(responseId);
    },
    onResponseDone: (responseId, status, usage) => {
      if (usage && this.model) this.used(this.model.model, usage);
      this.parts.phrases.responseDone(responseId, status);
      this.parts.tools.responseDone(
        responseId,
        status === 'incomplete' && !this.parts.ending.isSayingGoodbye,
      );
      this.parts.turns.responseDone(responseId);
      this.responseEnded(status);
    },
    onUsage: (model, usage) => this.used(model, usage),
    onReady: () => this.modelReady(),
    onMoved: (move) => this.modelMoved(move),
    onFault: (error, status) => this.faulted(error, status),
    onClosed: (error) => {
      if (error) this.faulted(error);
      if (!this.parts.transfer.modelGone() && !this.reachesPerson())
        this.parts.ending.end(this.hasAgentSpoken ? 'model-failed' : 'model-unavailable');
    },
  };

  private faulted({ provider, category, code }: ProviderError, status?: ResponseStatus): void {
    this.log.append({
      type: 'model.faulted',
      data: { provider, category, code: code.slice(0, 80), ...(status ? { status } : {}) },
    });
  }

  private transcriptionFailed({ provider, code: reason }: ProviderError): void {
    const code = reason.slice(0, 80);
    if (this.transcriptionFaults.has(code) || this.transcriptionFaults.size >= MAX_TRANSCRIPTION_FAULTS)
      return;
    this.transcriptionFaults.add(code);
    this.log.append({ type: 'transcription.failed', data: { provider, code, atMs: this.atMs } });
  }

  private used(model: string, usage: Usage): void {
    if (!this.model) return;
    const data = { provider: this.model.provider, model, usage };
    this.log.append({ type: 'usage.reported', data });
    this.parts.watch.budget.used(data);
  }

  /** No model can go on: whether a person takes over, as the ladder says. */
  private reachesPerson(): boolean {
    return afterModels(this.given.call.agent.ladder).some(
      (rung) =>
        rung.kind === 'transfer' &&
        this.putThrough({ department: rung.department, summary: BROKE_OFF }, false).status === 'ok',
    );
  }

  private callerAudio(frame: AudioFrame): void {
    const { format } = this.given.stream;
    this.model?.pushAudio(this.parts.secureDigits.isOn ? silenceLike(frame, format) : frame);
    const { turns } = this.parts;
    if (!turns.isCallerSpeaking) return;
    this.framesHeard += 1;
    const isAsked = turns.isUndecided || this.framesHeard % SAMPLED_FRAMES === 0;
    if (isAsked && isAudible(frame, format)) turns.callerSounds(frame.byteLength / bytesPerMs(format));
  }

  private get atMs(): number {
    return offsetMs(this.given.call, this.given.clock);
  }

  private modelReady(): void {
    if (this.model)
      this.log.append({
        type: 'model.opened',
        data: { provider: this.model.provider, model: this.model.model },
      });
    const { text, isPersonal, then } = this.opening;
    if (text && !this.isOpeningSaid) this.parts.phrases.speakPhrase(text, { isPersonal });
    if (then) this.parts.turns.speak(then);
    if (!text && !then) this.quiet();
    this.parts.tools.resume(this.given.takeover?.openTools ?? []);
  }

  private modelMoved(move: ModelMove): void {
    this.log.append({ type: 'model.moved', data: move });
    if (move.gapMs > AUDIBLE_GAP_MS && !this.parts.playout.isPlaying && !this.parts.turns.isCallerSpeaking)
      this.parts.phrases.speakPhrase(this.parts.agent.texts.bridge);
  }

  /** The agent is about to be heard after a silence of its own. */
  private agentBegins(): void {
    this.parts.wait.busy();
    this.parts.watch.idle.busy();
  }

  private agentStarted(responseId: ResponseId): void {
    this.parts.latency.written(responseId, !this.hasAgentSpoken);
    this.parts.watch.answers.answered();
    this.hasAgentSpoken = true;
  }

  private itemFinished(item: SpokenItem): void {
    const heard = this.parts.transcript.agentHeard(item);
    this.parts.phrases.itemFinished(item, heard);
  }

  private playoutIdle(): void {
    if (!this.parts.ending.isSayingGoodbye && !this.parts.transfer.isPending)
      this.parts.turns.isProtected = false;
    this.parts.turns.playoutIdle();
    if (this.parts.turns.isCallerSpeaking && this.parts.ending.withdrawGoodbye())
      this.parts.turns.isProtected = false;
  }

  private quiet(): void {
    this.parts.ending.quiet();
    if (this.parts.ending.isOver) return;
    this.parts.transfer.quiet();
    if (this.parts.transfer.isPending) return;
    this.parts.watch.answers.quiet();
    this.parts.wait.quiet();
    if (this.parts.wait.isWaiting || this.parts.secureDigits.isOn) return;
    this.parts.watch.idle.quiet();
    this.model?.onIdle();
  }

  private digit(digit: string): void {
    this.parts.watch.idle.callerActive();
    const { secureDigits } = this.parts;
    if (secureDigits.isMasking) {
      if (secureDigits.isOn && this.parts.playout.isPlaying && !this.parts.turns.isProtected)
        this.parts.turns.interrupt();
      secureDigits.pressed(digit);
      return;
    }
    this.log.append({ type: 'digit.pressed', data: { digit, atMs: this.atMs } });
    this.parts.digits.pressed(digit);
  }

  private responseEnded(status: ResponseStatus): void {
    if (status !== 'failed') this.failedResponses = 0;
    else if (++this.failedResponses >= MAX_FAILED_RESPONSES) this.parts.ending.end('model-failed');
    else this.parts.turns.speak({ kind: 'reply' });
  }

  private async finish(termination: Termination | null): Promise<void> {
    const { stream, recording } = this.given;
    if (termination) this.parts.tools.stop();
    else this.parts.tools.leave();
    for (const part of [
      this.parts.transfer,
      this.parts.digits,
      this.parts.turns,
      this.parts.agent,
      this.parts.watch,
      this.parts.mic,
    ])
      part.stop();
    this.parts.wait.ended();
    this.parts.secureDigits.stop();
    this.parts.playout.close();
    this.model?.cancelResponse();
    this.model?.finishInput();
    await this.log.flush(ENDING_FLUSH_MS);
    stream.close();
    await this.parts.transcript.settled(LAST_WORDS_MS);
    this.model?.close();
    await recording?.finish();
    await this.log.flush(ENDING_FLUSH_MS);
    this.resolveEnded(termination);
  }
}
