import type { InterruptionSettings, ItemId, ResponseId } from '@tandem/contracts';
import type { Timer } from '../../ports/clock.ts';
import type { SpeakRequest } from '../../ports/voice-model.ts';
import type { CallContext } from '../call-context.ts';
import type { ModelSlot } from '../model-slot.ts';
import type { Playout } from '../speech/playout.ts';
import { isBackchannel } from './backchannels.ts';
import { turnOwnerFor, type InterruptionPolicy } from './interruption-policy.ts';

export interface TurnTakingRules {
  readonly settings: InterruptionSettings;
  readonly policy: InterruptionPolicy;
  /** Sounds of listening ("mhm"), for settings that ignore them. */
  readonly backchannels: readonly string[];
  /** Returns whether the caller is hearing a question, which a sound of listening would answer. */
  readonly hasAsked: () => boolean;
}

/** One stretch of the caller's speech, from its first sound to its last word. */
interface Speech {
  readonly itemId: ItemId;
  /** Audible speech since its start, in ms. */
  spokenMs: number;
  /** The decision whether the caller takes the floor by it. */
  floor: 'undecided' | 'taken' | 'ignored';
  /** The agent was cut off by it. */
  didInterrupt: boolean;
  /** The caller was hearing a question of the agent at its end. */
  wasAsked: boolean;
  /** The words so far; also empty when there are none. */
  text: string;
  /** The words will not be known or did not arrive in time; there may have been some. */
  isUnknown: boolean;
  isOver: boolean;
  isFinal: boolean;
  isAnswered: boolean;
  timer: Timer | null;
  /** Time of the last sound or word. */
  soundAt: number;
  /** Time of the last words, or of the start. */
  wordsAt: number;
}

const MAX_SPEECHES = 16;
/** The wait for words after speech ends, to tell a false start from a turn. */
const WORDS_PATIENCE_MS = 1_200;
/**
 * Speech without an end counts as noise after this long on a quiet line. Semantic turn detection allows a
 * speaker pauses of up to 8 s.
 */
const QUIET_SPEECH_MS = 10_000;
/** Sound without a word counts as noise after this long: a television, a motor. */
const WORDLESS_SPEECH_MS = 60_000;
const GO_ON =
  'A sound that meant nothing interrupted you. Go on exactly where you were cut off, without a word ' +
  'about it and without starting over.';

/**
 * Decides who has the floor, from the caller's speech, the agent's playout and the model's running response.
 * The interruption policy says whether the caller's sound takes the floor; {@link isProtected} overrules it.
 * Where the model does not answer by itself (see `turnOwnerFor`), this class requests the reply to a turn.
 */
export class TurnTaking {
  private runningResponse: ResponseId | null = null;
  private readonly speeches = new Map<ItemId, Speech>();
  private speaking: Speech | null = null;
  /** The kind of response that is requested and has not started. */
  private requested: SpeakRequest['kind'] | null = null;
  private owner: 'model' | 'session';
  private isClosed = false;
  /** While true the caller cannot interrupt: the agent says something that must be heard. */
  isProtected = false;
  private interruptions = 0;

  constructor(
    private readonly context: CallContext,
    private readonly model: ModelSlot,
    private readonly playout: Playout,
    private readonly rules: TurnTakingRules,
  ) {
    this.owner = turnOwnerFor(rules.settings);
  }

  get isCallerSpeaking(): boolean {
    return this.speaking !== null;
  }

  get isAgentBusy(): boolean {
    return this.playout.isPlaying || this.runningResponse !== null;
  }

  /** Neither side speaks, and neither is about to. */
  get isQuiet(): boolean {
    return !this.isCallerSpeaking && this.isAgentDone;
  }

  callerStarted(itemId: ItemId): void {
    const now = this.context.clock.now();
    const speech: Speech = {
      itemId,
      spokenMs: 0,
      floor: 'taken',
      didInterrupt: false,
      wasAsked: false,
      text: '',
      isUnknown: false,
      isOver: false,
      isFinal: false,
      isAnswered: false,
      timer: null,
      soundAt: now,
      wordsAt: now,
    };
    this.remember(speech);
    if (this.speaking) this.wordless(this.speaking); // The model never reported its end.
    this.speaking = speech;
    this.context.signal({ kind: 'caller-sounds' });
    this.watch(speech);
    if (!this.isAgentBusy) {
      // The caller goes on talking: the turn was not over.
      if (this.owner === 'session' && this.requested === 'reply') this.interrupt();
      return;
    }
    speech.floor = 'undecided';
    this.decide(speech);
  }

  /** The caller is speaking over the agent, and the policy has not decided yet. */
  get isUndecided(): boolean {
    return this.speaking?.floor === 'undecided';
  }

  /** The caller was audible for another `ms`. */
  callerSounds(ms: number): void {
    if (!this.speaking) return;
    this.speaking.spokenMs += ms;
    this.speaking.soundAt = this.context.clock.now();
    this.decide(this.speaking);
  }

  callerStopped(itemId: ItemId): void {
    const speech = this.speeches.get(itemId);
    if (!speech || speech.isOver) return;
    if (this.speaking === speech) this.speaking = null;
    speech.isOver = true;
    speech.timer?.cancel();
    if (this.owner === 'model') {
      this.requested = null; // The model answers this turn, and with it any request.
      return;
    }
    speech.wasAsked = this.isAgentBusy && this.rules.hasAsked();
    this.decide(speech);
    const isAnsweredAtOnce =
      speech.floor === 'taken' && !(speech.didInterrupt && this.rules.settings.afterFalseStart === 'resume');
    if (speech.isFinal) this.concludeSpeech(speech);
    else if (!isAnsweredAtOnce)
      speech.timer = this.context.clock.after(WORDS_PATIENCE_MS, () => this.wordsAreLate(speech));
    else {
      this.answer(speech);
      this.signalWhenQuiet();
    }
  }

  callerText(itemId: ItemId, text: string | null, isFinal: boolean): void {
    const speech = this.speeches.get(itemId);
    if (!speech) return;
    if (text !== '') speech.wordsAt = speech.soundAt = this.context.clock.now();
    if (this.owner === 'model') return;
    speech.text = text ?? '';
    speech.isUnknown = text === null;
    speech.isFinal = isFinal;
    this.decide(speech);
    if (!isFinal || !speech.isOver) return;
    speech.timer?.cancel();
    this.concludeSpeech(speech);
  }

  responseStarted(responseId: ResponseId): void {
    this.runningResponse = responseId;
    this.requested = null;
  }

  responseDone(responseId: ResponseId): void {
    if (this.runningResponse === responseId) this.runningResponse = null;
    this.playout.responseDone(responseId);
    this.floorMayBeQuiet();
  }

  playoutIdle(): void {
    this.floorMayBeQuiet();
  }

  /**
   * Has the agent speak. A reply is skipped while the caller speaks, as the answer to that turn covers it,
   * and after {@link close}.
   */
  speak(request: SpeakRequest): void {
    if (request.kind === 'reply' && (this.isCallerSpeaking || this.isClosed)) return;
    this.requested = request.kind;
    this.model.session?.respond(request);
  }

  /** Silences the agent at once. */
  interrupt(): void {
    const startedAt = this.context.clock.now();
    const wasRunning = this.runningResponse !== null;
    const cut = this.playout.interrupt(this.runningResponse, this.rules.settings.fadeMs);
    if (wasRunning || this.requested !== null) this.model.session?.cancelResponse();
    this.requested = null;
    if (cut.length === 0) return;
    this.interruptions += 1;
    this.context.signal({
      kind: 'agent-interrupted',
      cut,
      tookMs: this.context.clock.now() - startedAt,
      times: this.interruptions,
    });
  }

  /** Stops replies to the caller, those of the model included: only last words follow. */
  close(): void {
    this.isClosed = true;
    if (this.owner === 'session') return;
    this.owner = 'session';
    this.model.session?.change({ turnOwner: 'session' });
  }

  stop(): void {
    for (const speech of this.speeches.values()) speech.timer?.cancel();
    this.speeches.clear();
  }

  private decide(speech: Speech): void {
    if (speech.floor !== 'undecided') return;
    if (!this.isAgentBusy) {
      speech.floor = 'taken'; // The agent has finished meanwhile.
      return;
    }
    const { text, isOver, isFinal, spokenMs } = speech;
    const verdict = this.isProtected
      ? isOver
        ? 'ignore'
        : 'wait'
      : this.rules.policy.decide({ spokenMs, text, isOver, isFinal });
    if (verdict === 'wait') return;
    speech.floor = verdict === 'interrupt' ? 'taken' : 'ignored';
    if (verdict !== 'interrupt') return;
    speech.didInterrupt = true;
    this.interrupt();
  }

  /** Acts on speech that is over, once its words are known or given up. */
  private concludeSpeech(speech: Speech): void {
    const isFalseStart = speech.isFinal && !this.needsAnswer(speech);
    if (
      isFalseStart &&
      speech.didInterrupt &&
      !speech.isAnswered &&
      this.rules.settings.afterFalseStart === 'resume'
    ) {
      speech.isAnswered = true;
      this.speak({ kind: 'instruct', instruction: GO_ON });
    } else if (speech.floor === 'taken') this.answer(speech);
    else if (isFalseStart) speech.isAnswered = true;
    this.floorMayBeQuiet();
    if (speech.isFinal && speech.isAnswered) this.speeches.delete(speech.itemId);
  }

  private wordsAreLate(speech: Speech): void {
    if (speech.isAnswered) return;
    speech.isUnknown = speech.text.trim() === '';
    if (speech.floor === 'undecided') speech.floor = this.isAgentBusy ? 'ignored' : 'taken';
    this.concludeSpeech(speech);
  }

  private answer(speech: Speech): void {
    if (speech.floor !== 'taken' || speech.isAnswered || this.owner === 'model') return;
    this.reply();
  }

  /** Requests one reply to everything the caller has said by now. */
  private reply(): void {
    for (const speech of this.speeches.values()) speech.isAnswered ||= speech.isOver;
    this.speak({ kind: 'reply' });
  }

  /** Once the agent has finished, answers what the caller said without getting the floor. */
  private floorMayBeQuiet(): void {
    if (this.owner === 'session' && !this.isAgentBusy && !this.isCallerSpeaking) {
      const isWaiting = (speech: Speech): boolean =>
        speech.floor === 'ignored' && speech.isOver && !speech.isAnswered && this.needsAnswer(speech);
      if ([...this.speeches.values()].some(isWaiting)) this.reply();
    }
    this.signalWhenQuiet();
  }

  /**
   * Gives up on speech without an end, so that the call goes on. An end reported later counts all the same.
   */
  private watch(speech: Speech): void {
    const untilMs = Math.min(speech.soundAt + QUIET_SPEECH_MS, speech.wordsAt + WORDLESS_SPEECH_MS);
    speech.timer = this.context.clock.after(untilMs - this.context.clock.now(), () => {
      if (this.speaking !== speech) return;
      const now = this.context.clock.now();
      if (now < speech.soundAt + QUIET_SPEECH_MS && now < speech.wordsAt + WORDLESS_SPEECH_MS)
        return this.watch(speech);
      this.speaking = null;
      this.wordless(speech);
      this.floorMayBeQuiet();
    });
  }

  private remember(speech: Speech): void {
    if (this.speeches.size >= MAX_SPEECHES) {
      const [oldest] = this.speeches.values();
      oldest?.timer?.cancel();
      if (oldest) this.speeches.delete(oldest.itemId);
    }
    this.speeches.set(speech.itemId, speech);
  }

  /** Speech needs an answer if it has words, unless they are ignored sounds of listening. */
  private needsAnswer({ text, isUnknown, wasAsked }: Speech): boolean {
    const { settings, backchannels } = this.rules;
    if (isUnknown) return true;
    return (
      text.trim() !== '' && (wasAsked || !(settings.ignoresBackchannels && isBackchannel(text, backchannels)))
    );
  }

  private get isAgentDone(): boolean {
    return !this.isAgentBusy && this.requested === null;
  }

  private wordless({ itemId }: Speech): void {
    this.context.signal({ kind: 'caller-wordless', itemId });
  }

  private signalWhenQuiet(): void {
    if (this.isQuiet) this.context.signal({ kind: 'floor-quiet' });
    else if (this.isAgentDone) this.context.signal({ kind: 'caller-talks-on' });
  }
}
