import {
  afterModels,
  bytesPerMs,
  type AgentChange,
  type ItemId,
  type ProviderError,
  type Termination,
  type ToolOutcome,
  type Usage,
} from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';
import { isAudible } from '../audio/loudness.ts';
import { silenceLike } from '../audio/silence.ts';
import type { CallLog } from '../ports/call-log.ts';
import type { CallerStreamListener } from '../ports/caller-stream.ts';
import type { ResponseStatus } from '../ports/voice-model.ts';
import type { ModelMove, ModelSessionListener } from '../ports/model-session-listener.ts';
import { modelSetup } from './agent/model-setup.ts';
import { callContext } from './call-context.ts';
import type { LeaveReason } from './call-ending.ts';
import { assembleCall, type CallParts } from './call-parts.ts';
import type { CallSessionParts } from './call-session-parts.ts';
import { dispatch } from './call-switchboard.ts';
import { appNotes } from './history/app-notes.ts';
import { CallHistory, logWithHistory } from './history/call-history.ts';
import { resumeOpening } from './history/resume-opening.ts';
import { greetingOf, type FirstWords } from './speech/greeting.ts';
import type { TransferRequest } from './tools/transfer.ts';

/** A failed response is requested once more; a second failure in a row ends the call. */
const MAX_FAILED_RESPONSES = 2;
/** The summary for a person who takes a call over from a model that failed. */
const BROKE_OFF = 'The conversation with the agent broke off for a technical reason.';
/** Loudness is measured in one frame out of this many, where no decision waits for it. */
const SAMPLED_FRAMES = 16;
/** Reasons for failed transcriptions that one call logs. */
const MAX_TRANSCRIPTION_FAULTS = 4;
/** A shorter silence of the agent passes for thinking. */
const AUDIBLE_GAP_MS = 1_500;

/**
 * One call in one relay: joins a caller stream and a voice model. Wiring only: the parts hold the state, and
 * `call-switchboard.ts` has what follows from what they signal.
 */
export class CallSession {
  private readonly log: CallLog;
  private readonly history: CallHistory;
  private readonly parts: CallParts;
  private readonly hasSpokenBefore: boolean;
  private readonly opening: FirstWords;
  private isOpeningSaid = false;
  private failedResponses = 0;
  private framesHeard = 0;
  private textsWritten = 0;
  private readonly transcriptionFaults = new Set<string>();
  /**
   * Resolves when the call is over, everything known of it is logged, and model and stream are closed. Null
   * when the call goes on elsewhere: with a person, or in another session.
   */
  readonly ended: Promise<Termination | null>;

  constructor(private readonly given: CallSessionParts) {
    const { takeover, call, clock } = given;
    this.history = takeover?.history ?? new CallHistory();
    this.hasSpokenBefore = !this.history.isEmpty;
    this.opening =
      takeover && this.hasSpokenBefore
        ? resumeOpening(takeover, call, clock)
        : greetingOf(call, clock.wallTime());
    this.log = logWithHistory(given.log, this.history);
    const context = callContext(call, this.log, clock, (signal) => dispatch(this.parts, signal));
    this.parts = assembleCall(given, context);
    this.ended = this.parts.ending.closed;
  }

  /** Opens the model, greets at once if the greeting's audio is cached, and listens to the caller. */
  start(): void {
    const { call, stream, model, takeover } = this.given;
    const { agent, ending, phrases, recording, secureDigits, turns } = this.parts;
    if (takeover?.openTools.some(({ name }) => name === 'collect_digits'))
      secureDigits.maskAfterInterruption();
    stream.attach(this.fromCaller);
    recording.begin();
    const { instructions, tools, carriedSettings } = agent;
    const history = () => this.historyNow();
    const isClosing = () => ending.isSayingGoodbye;
    const now = { instructions, tools, history, isClosing };
    const setup = modelSetup(call, now, stream.format, model.capabilities);
    if (!setup) return ending.end('model-unavailable');
    const { text, isPersonal } = this.opening;
    turns.isProtected = this.history.isEmpty && call.agent.interruption.protectsGreeting;
    this.isOpeningSaid = text !== '' && phrases.playCached(text, isPersonal);
    const session = model.open(setup, this.fromModel);
    this.parts.model.session = session;
    if (Object.keys(carriedSettings).length > 0) session.change(carriedSettings);
  }

  /** Ends the call from outside, at once. */
  end(reason: 'relay-shutdown' | 'internal-error'): void {
    this.parts.ending.end(reason);
  }

  /** Has the agent say goodbye at an operator's request; the call ends when it was heard. */
  sayGoodbye(): void {
    const { turns, ending, farewell } = this.parts;
    if (ending.isDecided) return;
    farewell.takeFloor();
    ending.sayGoodbye('operator-ended', { isFinal: true });
    turns.speak({
      kind: 'instruct',
      instruction: 'The call is being ended now. Say one short goodbye to the caller.',
    });
  }

  /**
   * Puts the caller through from outside, as the tool does; without an announcement when no model is left.
   */
  putThrough(request: TransferRequest, by: 'operator' | 'fallback' = 'operator'): ToolOutcome {
    const { ending, transfer } = this.parts;
    return ending.isOver ? { status: 'cancelled' } : transfer.begin(request, by);
  }

  /** Lets go of the call, which goes on elsewhere. Does nothing once it is over. */
  leave(reason: LeaveReason): void {
    this.parts.ending.leave(reason);
  }

  /** Pauses or resumes the recording at an operator's request. */
  pauseRecording(isPaused: boolean): void {
    if (isPaused) this.parts.recording.pause('operator');
    else this.parts.recording.resume('operator');
  }

  /**
   * Lets go of the call so that another relay can take it, if this is a pause between turns with nothing
   * pending; with `isPauseOver` at any moment, unless it is ending or being put through. Returns whether it
   * let go.
   */
  handOver(isPauseOver: boolean): boolean {
    const { ending, transfer, turns, tools, callerTranscript, secureDigits } = this.parts;
    if (ending.isOver || ending.isSayingGoodbye || transfer.isPending) return false;
    const isPause = turns.isQuiet && !tools.isWaiting && !callerTranscript.isWaiting && !secureDigits.isOn;
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
    onText: (text) => this.written(text),
    onClosed: (reason) => {
      // A stream can be lost with the caller still on the line: the carrier then asks where the call goes.
      if (reason === 'closed-by-carrier' || reason === 'connection-lost' || reason === 'media-timeout')
        this.leave(reason);
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
      this.parts.agentTranscript.agentSaid(itemId, delta);
      this.parts.phrases.agentText(delta);
    },
    onItemDone: (itemId) => this.parts.playout.itemWritten(itemId),
    onCallerSpeechStarted: (itemId) => {
      this.parts.callerTranscript.callerStarted(itemId);
      this.parts.confirmations.callerStarted(itemId);
      this.parts.latency.callerStarted();
      this.parts.idle.callerSounds(itemId);
      this.parts.turns.callerStarted(itemId);
    },
    onCallerSpeechStopped: (itemId, endedAgoMs) => {
      this.parts.callerTranscript.callerStopped(itemId);
      this.parts.latency.callerStopped(itemId, endedAgoMs);
      this.parts.turns.callerStopped(itemId);
    },
    onCallerText: (itemId, text, isFinal) => this.callerText(itemId, text, isFinal),
    onTranscriptionFailed: (error) => this.transcriptionFailed(error),
    onToolCall: (asked) => this.parts.tools.call(asked),
    onHostedToolEnded: (id, outcome) => this.parts.tools.hosted.ended(id, outcome),
    onToolsMissing: (names, why) => this.parts.tools.hosted.missing(names, why),
    onResponseStarted: (responseId) => {
      this.parts.phrases.responseStarted(responseId);
      this.parts.turns.responseStarted(responseId);
    },
    onResponseDone: (responseId, status, usage) => {
      const { phrases, tools, turns, ending, model } = this.parts;
      if (usage && model.session) this.used(model.session.model, usage);
      phrases.responseDone(responseId, status);
      tools.responseDone(responseId, status === 'incomplete' && !ending.isSayingGoodbye);
      turns.responseDone(responseId);
      this.responseEnded(status);
    },
    onUsage: (model, usage) => this.used(model, usage),
    onReady: () => this.modelReady(),
    onMoved: (move) => this.modelMoved(move),
    onFault: (error, status) => this.faulted(error, status),
    onClosed: (error) => {
      if (error) this.faulted(error);
      const { transfer, ending, playout } = this.parts;
      if (transfer.modelGone() || this.reachesPerson()) return;
      ending.end(this.hasSpokenBefore || playout.hasBegun ? 'model-failed' : 'model-unavailable');
    },
  };

  private callerAudio(frame: AudioFrame): void {
    const { format } = this.given.stream;
    const { model, secureDigits, turns } = this.parts;
    model.session?.pushAudio(secureDigits.isOn ? silenceLike(frame, format) : frame);
    if (!turns.isCallerSpeaking) return;
    this.framesHeard += 1;
    const isMeasured = turns.isUndecided || this.framesHeard % SAMPLED_FRAMES === 0;
    if (isMeasured && isAudible(frame, format)) turns.callerSounds(frame.byteLength / bytesPerMs(format));
  }

  private digit(digit: string): void {
    const { confirmations, idle, secureDigits, playout, turns, digits } = this.parts;
    idle.callerActive();
    if (secureDigits.isMasking) {
      if (secureDigits.isOn && playout.isPlaying && !turns.isProtected) turns.interrupt();
      secureDigits.pressed(digit);
      return;
    }
    this.log.append({ type: 'digit.pressed', data: { digit, atMs: this.atMs } });
    confirmations.callerActed();
    digits.pressed(digit);
  }

  /** Written words count as a turn of the caller, who takes the floor with them. */
  private written(written: string): void {
    const text = written.trim();
    const { agent, confirmations, idle, languages, model, playout, secureDigits, turns } = this.parts;
    if (text === '' || secureDigits.isMasking) return;
    confirmations.callerActed();
    idle.callerActive();
    if (playout.isPlaying && !turns.isProtected) turns.interrupt();
    this.textsWritten += 1;
    const itemId = `written_${this.given.call.epoch}_${this.textsWritten}` as ItemId;
    const { atMs } = this;
    this.log.append({ type: 'caller.spoke', data: { itemId, text, startedAtMs: atMs, endedAtMs: atMs } });
    languages.heard(text, agent.language);
    model.session?.addCallerText(text);
    turns.speak({ kind: 'reply' });
  }

  private callerText(itemId: ItemId, text: string | null, isFinal: boolean): void {
    const { callerTranscript, languages, agent, idle, turns } = this.parts;
    if (isFinal) callerTranscript.callerText(itemId, text);
    if (isFinal && text !== null) languages.heard(text, agent.language);
    const isWordless = text !== null && text.trim() === '';
    if (isFinal) this.parts.confirmations.callerStopped(itemId, !isWordless);
    if (!isWordless) idle.callerSaid(itemId, isFinal);
    else if (isFinal) idle.wordless(itemId);
    turns.callerText(itemId, text, isFinal);
  }

  private transcriptionFailed({ provider, code: reason }: ProviderError): void {
    const code = reason.slice(0, 80);
    if (this.transcriptionFaults.has(code) || this.transcriptionFaults.size >= MAX_TRANSCRIPTION_FAULTS)
      return;
    this.transcriptionFaults.add(code);
    this.log.append({ type: 'transcription.failed', data: { provider, code, atMs: this.atMs } });
  }

  private responseEnded(status: ResponseStatus): void {
    if (status !== 'failed') this.failedResponses = 0;
    else if (++this.failedResponses >= MAX_FAILED_RESPONSES) this.parts.ending.end('model-failed');
    else this.parts.turns.speak({ kind: 'reply' });
  }

  private used(model: string, usage: Usage): void {
    const { session } = this.parts.model;
    if (!session) return;
    const data = { provider: session.provider, model, usage };
    this.log.append({ type: 'usage.reported', data });
    this.parts.budget.used(data);
  }

  private modelReady(): void {
    const { model, phrases, turns, tools } = this.parts;
    if (model.session) {
      const { provider, model: name } = model.session;
      this.log.append({ type: 'model.opened', data: { provider, model: name } });
    }
    const { text, isPersonal, then } = this.opening;
    if (text && !this.isOpeningSaid) phrases.speakPhrase(text, { isPersonal });
    if (then) turns.speak(then);
    if (!text && !then) dispatch(this.parts, { kind: 'floor-quiet' });
    const { openTools = [], lateTools = [] } = this.given.takeover ?? {};
    tools.resume(openTools);
    tools.resumeLate(lateTools);
  }

  private modelMoved(move: ModelMove): void {
    const { playout, turns, phrases, agent } = this.parts;
    this.log.append({ type: 'model.moved', data: move });
    if (move.gapMs > AUDIBLE_GAP_MS && !playout.isPlaying && !turns.isCallerSpeaking)
      phrases.speakPhrase(agent.texts.bridge);
  }

  private faulted({ provider, category, code }: ProviderError, status?: ResponseStatus): void {
    this.log.append({
      type: 'model.faulted',
      data: { provider, category, code: code.slice(0, 80), ...(status ? { status } : {}) },
    });
  }

  /** Puts the caller through when no model can go on, if the agent's fallbacks name a department. */
  private reachesPerson(): boolean {
    return afterModels(this.given.call.agent.ladder).some(
      (fallback) =>
        fallback.kind === 'transfer' &&
        this.putThrough({ department: fallback.department, summary: BROKE_OFF }, 'fallback').status === 'ok',
    );
  }

  /** The conversation so far, with what the caller is hearing at this moment. */
  private historyNow() {
    const { agentTranscript, playout } = this.parts;
    return [
      ...appNotes(this.given.call),
      ...this.history.items(),
      ...agentTranscript.unheard((itemId) => playout.isUnheard(itemId)),
    ];
  }

  private get atMs(): number {
    return this.parts.context.atMs();
  }
}
