import { baseLanguage, bytesPerMs, type AgentChange, type ResponseId, type Termination, type ToolDeclaration } from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';
import { isAudible } from '../audio/loudness.ts';
import { silenceLike } from '../audio/silence.ts';
import type { CallLog } from '../ports/call-log.ts';
import type { CallerStream, CallerStreamListener } from '../ports/caller-stream.ts';
import type { Clock } from '../ports/clock.ts';
import type { PhraseCache } from '../ports/phrase-cache.ts';
import type { RecordingControl } from '../ports/recording-control.ts';
import type { ToolCaller } from '../ports/tool-caller.ts';
import type { ModelMove, ModelSessionListener, ResponseStatus, VoiceModel, VoiceModelSession } from '../ports/voice-model.ts';
import { AgentState } from './agent-state.ts';
import { CallEnding } from './call-ending.ts';
import { CallHistory, remembering } from './call-history.ts';
import { offsetMs, toolContext, type CallFacts } from './call-facts.ts';
import { callTools } from './call-tools.ts';
import { CallWatch } from './call-watch.ts';
import { DigitInput } from './digit-input.ts';
import { greetingOf } from './greeting.ts';
import { HoldMusic } from './hold-music.ts';
import { interruptionPolicy } from './interruption-policies/policy.ts';
import { LanguageWatch, type LanguageDetector } from './language-watch.ts';
import { MicDistance } from './mic-distance.ts';
import { modelSetup } from './model-setup.ts';
import { Playout } from './playout.ts';
import { SecureDigits } from './secure-digits.ts';
import { SetPhrases } from './set-phrases.ts';
import { ToolLoop } from './tool-loop.ts';
import { ToolWait } from './tool-wait.ts';
import { Transcript, type SpokenItem } from './transcript.ts';
import { TurnLatency } from './turn-latency.ts';
import { TurnTaking } from './turn-taking.ts';

export interface CallSessionParts {
  readonly call: CallFacts;
  readonly stream: CallerStream;
  readonly model: VoiceModel;
  /** Declarations of these names; unknown ones are left out. */
  readonly declarationsFor: (names: readonly string[]) => readonly ToolDeclaration[];
  readonly toolCaller: ToolCaller;
  readonly log: CallLog;
  /** Of the relays that held the call before. */
  readonly history?: CallHistory;
  readonly clock: Clock;
  readonly phrases?: PhraseCache;
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
/** A shorter silence of the agent passes for thinking. */
const AUDIBLE_GAP_MS = 1_500;

/**
 * One call in one relay: joins a caller stream and a voice model. Wiring only; whatever needs state has its own file.
 */
export class CallSession {
  private readonly log: CallLog;
  private readonly history: CallHistory;
  private readonly agent: AgentState;
  private readonly transcript: Transcript;
  private readonly playout: Playout;
  private readonly turns: TurnTaking;
  private readonly phrases: SetPhrases;
  private readonly latency: TurnLatency;
  private readonly watch: CallWatch;
  private readonly wait: ToolWait;
  private readonly music: HoldMusic;
  private readonly tools: ToolLoop;
  private readonly ending: CallEnding;
  private readonly digits: DigitInput;
  private readonly secureDigits: SecureDigits;
  private readonly mic: MicDistance;
  private readonly languages: LanguageWatch;
  private model: VoiceModelSession | null = null;
  private running: ResponseId | null = null;
  private hasAgentSpoken = false;
  private hasGreeted = false;
  private failedResponses = 0;
  private resolveEnded!: (termination: Termination) => void;
  /** Resolves when the call is over, everything known of it is logged, and model and stream are closed. */
  readonly ended = new Promise<Termination>((resolve) => (this.resolveEnded = resolve));

  constructor(private readonly parts: CallSessionParts) {
    const { call, stream, clock } = parts;
    const { agent } = call;
    const model = () => this.model as VoiceModelSession;
    this.history = parts.history ?? new CallHistory();
    const log = (this.log = remembering(parts.log, this.history));
    this.agent = new AgentState(call, {
      log,
      clock,
      declarationsFor: parts.declarationsFor,
      onChange: (change) => {
        if (change.tools) this.tools.setTools(change.tools);
        this.model?.change(change);
      },
    });
    this.transcript = new Transcript(call, log, clock);
    this.latency = new TurnLatency(log, clock, clock.now());
    this.playout = new Playout(stream, () => this.atMs, {
      playingBegins: () => this.agentBegins(),
      itemFinished: (item) => this.itemFinished(item),
      responseStarted: (responseId) => this.agentStarted(responseId),
      heardFirst: (responseId) => this.latency.heardFirst(responseId),
      idle: () => this.playoutIdle(),
    });
    const policy = interruptionPolicy(agent.interruption, this.agent.texts);
    this.turns = new TurnTaking(model, this.playout, clock, { settings: agent.interruption, policy, backchannels: this.agent.texts.backchannels }, {
      quiet: () => this.quiet(),
      callerActive: () => this.callerActive(),
      interrupted: (cut, tookMs) => {
        for (const { itemId, heardMs } of cut) if (!itemId.startsWith('phrase_')) this.model?.truncate(itemId, heardMs);
        this.latency.interrupted(tookMs);
        this.agent.interrupted(this.turns.interruptions);
      },
    });
    this.phrases = new SetPhrases({
      cache: parts.phrases ?? null,
      keyOf: (text) => ({ agentId: agent.agentId, agentVersion: agent.agentVersion, variantKey: agent.variantKey, model: agent.model.kind, voice: agent.model.voice, language: this.agent.language, text }),
      playout: () => this.playout,
      transcript: this.transcript,
      speak: (request) => this.turns.speak(request),
      note: (text) => this.model?.addNote(text),
    });
    this.ending = new CallEnding(call, log, clock, (termination) => void this.finish(termination));
    this.watch = new CallWatch({ call, log, clock, agent: this.agent, turns: this.turns, phrases: this.phrases, ending: this.ending, note: (text) => this.model?.addNote(text) });
    this.music = new HoldMusic(stream, clock, parts.music ?? (() => new Uint8Array(0)));
    this.wait = new ToolWait(agent.toolWait, clock, {
      isFloorFree: () => this.turns.isQuiet,
      fillers: () => this.agent.texts.fillers,
      say: (text) => this.phrases.say(text),
      startMusic: () => this.music.start(),
      stopMusic: () => this.music.stop(),
    });
    this.digits = new DigitInput(clock, (digits) => {
      this.model?.addNote(`The caller pressed on the keypad: ${digits}`);
      this.turns.speak({ kind: 'reply' });
    });
    this.secureDigits = new SecureDigits(clock);
    this.mic = new MicDistance(agent.model.kind === 'openai-realtime' ? agent.model.noiseReduction : 'off', clock, (noiseReduction) => this.model?.change({ noiseReduction }));
    this.languages = new LanguageWatch(parts.detectLanguage ?? null, [...new Set([agent.language, ...Object.keys(agent.texts)].map(baseLanguage))], (language) => this.agent.apply({ language }, 'detection'));
    const ownTools = callTools({ ...this.shared(), recording: parts.recording ?? null, log, offsetMs: () => this.atMs });
    this.tools = new ToolLoop(call, this.agent.tools, ownTools, parts.toolCaller, model, {
      log,
      clock,
      context: () => toolContext(call, { language: this.agent.language, keypad: this.digits.lastEntry, secureDigits: this.secureDigits.values }),
      reply: () => this.turns.speak({ kind: 'reply' }),
      waiting: (isWaiting) => this.toolsWait(isWaiting),
      finished: (name, outcome) => this.agent.toolFinished(name, outcome),
    });
  }

  /** Opens the model, greets at once if the greeting's audio is at hand, and listens to the caller. */
  start(): void {
    const { call, stream, model, clock } = this.parts;
    stream.attach(this.fromCaller);
    const { instructions, tools } = this.agent;
    const setup = modelSetup(call, { instructions, tools }, stream.format, model.capabilities, () => [...this.history.items(), ...this.phrases.underway()]);
    if (!setup) return this.ending.end('model-unavailable');
    if (this.history.isEmpty) {
      const { text, isPersonal } = greetingOf(call, clock.wallTime());
      this.turns.isProtected = call.agent.interruption.protectsGreeting;
      this.hasGreeted = text !== '' && this.phrases.sayFromCache(text, isPersonal);
    }
    this.model = model.open(setup, this.fromModel);
  }

  /** Ends the call from outside: shutdown, an operator. */
  end(reason: 'relay-shutdown' | 'operator-ended' | 'internal-error'): void {
    this.ending.end(reason);
  }

  /** Changes the agent from outside, while it talks. */
  change(change: AgentChange): void {
    this.agent.apply(change, 'operator');
  }

  private readonly fromCaller: CallerStreamListener = {
    onAudio: (frame) => this.callerAudio(frame),
    onHeard: (heard) => this.playout.heard(heard),
    onSilent: () => this.latency.silent(),
    onDigit: (digit) => this.digit(digit),
    onClosed: (reason) => {
      this.ending.end(reason === 'caller-hangup' ? 'caller-hangup' : reason === 'media-errors' ? 'media-errors' : 'stream-lost');
    },
  };

  private readonly fromModel: ModelSessionListener = {
    onAudio: (frame, itemId, responseId) => {
      this.latency.modelAudio(responseId);
      this.phrases.audio(frame, responseId);
      this.playout.audio(frame, itemId, responseId);
    },
    onAgentText: (itemId, delta) => {
      this.transcript.agentSaid(itemId, delta);
      this.phrases.agentText(delta, this.running);
    },
    onItemDone: (itemId) => this.playout.itemWritten(itemId),
    onCallerSpeechStarted: (itemId) => {
      this.transcript.callerStarted(itemId);
      this.latency.callerStarted();
      this.turns.callerStarted(itemId);
    },
    onCallerSpeechStopped: (itemId, endedAgoMs) => {
      this.transcript.callerStopped(itemId);
      this.latency.callerStopped(endedAgoMs);
      this.turns.callerStopped(itemId);
    },
    onCallerText: (itemId, text, isFinal) => {
      if (isFinal) {
        this.transcript.callerText(itemId, text);
        this.languages.heard(text, this.agent.language);
      }
      this.turns.callerText(itemId, text, isFinal);
    },
    onToolCall: (asked) => this.tools.asked(asked),
    onResponseStarted: (responseId) => {
      this.running = responseId;
      this.phrases.responseStarted(responseId);
      this.turns.responseStarted(responseId);
    },
    onResponseDone: (responseId, status, usage) => {
      if (usage && this.model) this.log.append({ type: 'usage.reported', data: { provider: this.model.provider, model: this.model.model, usage } });
      this.phrases.responseDone(responseId, status);
      this.tools.responseDone(responseId);
      this.turns.responseDone(responseId);
      this.responseEnded(status);
    },
    onReady: () => this.modelReady(),
    onMoved: (move) => this.modelMoved(move),
    onFault: (error) => this.log.append({ type: 'model.faulted', data: { provider: error.provider, category: error.category, code: error.code } }),
    onClosed: (error) => {
      if (error) this.log.append({ type: 'model.faulted', data: { provider: error.provider, category: error.category, code: error.code } });
      this.ending.end(this.hasAgentSpoken ? 'model-failed' : 'model-unavailable');
    },
  };

  private callerAudio(frame: AudioFrame): void {
    const { format } = this.parts.stream;
    this.model?.pushAudio(this.secureDigits.isOn ? silenceLike(frame, format) : frame);
    if (this.turns.isUndecided && isAudible(frame, format)) this.turns.callerSounds(frame.byteLength / bytesPerMs(format));
  }

  private get atMs(): number {
    return offsetMs(this.parts.call, this.parts.clock);
  }

  private shared() {
    const { agent, ending, playout, turns, phrases, mic, secureDigits } = this;
    return { agent, ending, playout, turns, phrases, mic, secureDigits };
  }

  private modelReady(): void {
    if (this.model) this.log.append({ type: 'model.opened', data: { provider: this.model.provider, model: this.model.model } });
    if (this.hasGreeted || !this.history.isEmpty) return;
    this.hasGreeted = true;
    const { text, isPersonal } = greetingOf(this.parts.call, this.parts.clock.wallTime());
    if (text) this.phrases.say(text, { isPersonal });
    else this.turns.speak({ kind: 'instruct', instruction: 'Greet the caller in one short sentence and ask how you can help.' });
  }

  private modelMoved(move: ModelMove): void {
    this.log.append({ type: 'model.moved', data: move });
    if (move.gapMs > AUDIBLE_GAP_MS && !this.playout.isPlaying && !this.turns.isCallerSpeaking) this.phrases.say(this.agent.texts.bridge);
  }

  /** The agent is about to be heard after a silence of its own. */
  private agentBegins(): void {
    this.wait.busy();
    this.watch.idle.busy();
  }

  private agentStarted(responseId: ResponseId): void {
    this.latency.written(responseId, !this.hasAgentSpoken);
    this.hasAgentSpoken = true;
  }

  private itemFinished(item: SpokenItem): void {
    const heard = this.transcript.agentHeard(item);
    this.phrases.itemFinished(item, heard);
  }

  private playoutIdle(): void {
    if (!this.ending.isSayingGoodbye) this.turns.isProtected = false;
    this.turns.playoutIdle();
    if (!this.turns.isCallerSpeaking || !this.ending.isSayingGoodbye) return;
    if (this.ending.withdrawGoodbye()) this.turns.isProtected = false;
    else this.ending.quiet();
  }

  private callerActive(): void {
    this.watch.idle.callerActive();
    this.wait.busy();
  }

  private quiet(): void {
    this.ending.quiet();
    if (this.ending.termination) return;
    this.wait.quiet();
    if (this.wait.isWaiting || this.secureDigits.isOn) return;
    this.watch.idle.quiet();
    this.model?.atPause();
  }

  private toolsWait(isWaiting: boolean): void {
    if (isWaiting) {
      this.watch.idle.busy();
      this.wait.began();
    } else this.wait.ended();
  }

  private digit(digit: string): void {
    this.watch.idle.callerActive();
    if (this.secureDigits.isOn) {
      if (this.playout.isPlaying) this.turns.interrupt();
      this.secureDigits.pressed(digit);
      return;
    }
    this.log.append({ type: 'digit.pressed', data: { digit, atMs: this.atMs } });
    this.digits.pressed(digit);
  }

  private responseEnded(status: ResponseStatus): void {
    if (status !== 'failed') this.failedResponses = 0;
    else if (++this.failedResponses >= MAX_FAILED_RESPONSES) this.ending.end('model-failed');
    else this.turns.speak({ kind: 'reply' });
  }

  private async finish(termination: Termination): Promise<void> {
    const { stream, recording } = this.parts;
    for (const part of [this.tools, this.digits, this.turns, this.agent, this.watch, this.mic]) part.stop();
    this.wait.ended();
    this.secureDigits.cancel();
    this.playout.close();
    this.model?.cancelResponse();
    this.model?.finishInput();
    await this.log.flush(ENDING_FLUSH_MS);
    stream.close();
    await this.transcript.settled(LAST_WORDS_MS);
    this.model?.close();
    await recording?.finish();
    await this.log.flush(ENDING_FLUSH_MS);
    this.resolveEnded(termination);
  }
}
