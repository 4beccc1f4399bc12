import type { InterruptionSettings, ItemId, ResponseId } from '@tandem/contracts';
import type { Timer } from '../../ports/clock.ts';
import type { SpeakRequest } from '../../ports/voice-model.ts';
import type { CallContext } from '../call-context.ts';
import type { ModelSlot } from '../model-slot.ts';
import { isBackchannel } from './backchannels.ts';
import { turnOwnerFor, type InterruptionPolicy } from './interruption-policy.ts';
import type { Playout } from '../speech/playout.ts';

export interface TurnTakingRules {
  readonly settings: InterruptionSettings;
  readonly policy: InterruptionPolicy;
  /** Sounds of listening, where the settings tell them apart. */
  readonly backchannels: readonly string[];
  /** The agent asks something in what the caller hears at this moment: then such a sound is an answer. */
  readonly hasAsked: () => boolean;
}

/** One stretch of the caller's speech, from its first sound to its last word. */
interface Speech {
  readonly itemId: ItemId;
  /** Of sound since it was noticed. */
  spokenMs: number;
  /** What became of it: not yet decided, took the floor, or did not. */
  standing: 'undecided' | 'has-floor' | 'ignored';
  /** It cut the agent off. */
  didInterrupt: boolean;
  /** It was over while the agent was asking something. */
  wasAsked: boolean;
  /** Empty while no words are known, and when there are none. */
  text: string;
  /** Words will not be known, or have not come in time: there may have been some. */
  isUnknown: boolean;
  isOver: boolean;
  isFinal: boolean;
  isAnswered: boolean;
  timer: Timer | null;
  /** When there was the last sign that somebody speaks. */
  soundAt: number;
  /** When there were the last words, or the beginning. */
  wordsAt: number;
}

const MAX_SPEECHES = 16;
/** Words are waited for this long after the speech, to tell a false start from a turn. */
const WORDS_PATIENCE_MS = 1_200;
/**
 * Speech whose end nobody tells is none after so long on a quiet line; the longest pause of a speaker is 8 s
 * (semantic turn detection).
 */
const QUIET_SPEECH_MS = 10_000;
/** Nor is what goes on for so long without a word: a television, a motor. */
const WORDLESS_SPEECH_MS = 60_000;
const GO_ON =
  'A sound that meant nothing interrupted you. Go on exactly where you were cut off, without a word ' +
  'about it and without starting over.';

/**
 * Who has the floor: the caller's speech, the agent's playout and the model's running response, and what
 * follows when they meet. Whether the caller's sound takes the floor is the policy's to say; {@link
 * isProtected} overrules it. Where the model does not answer by itself (see `turnOwnerFor`) the reply to a
 * turn is asked for here.
 */
export class TurnTaking {
  private runningResponse: ResponseId | null = null;
  private readonly speeches = new Map<ItemId, Speech>();
  private speaking: Speech | null = null;
  /** Asked for and not yet begun. */
  private owed: SpeakRequest['kind'] | null = null;
  private owner: 'model' | 'session';
  private isClosed = false;
  /** While true the caller does not interrupt: something is being said that must be heard. */
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

  /** Nobody speaks, and neither side is about to. */
  get isQuiet(): boolean {
    return !this.isCallerSpeaking && this.isAgentDone;
  }

  callerStarted(itemId: ItemId): void {
    const now = this.context.clock.now();
    const speech: Speech = {
      itemId,
      spokenMs: 0,
      standing: 'has-floor',
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
      // They go on talking: the turn was not over.
      if (this.owner === 'session' && this.owed === 'reply') this.interrupt();
      return;
    }
    speech.standing = 'undecided';
    this.decide(speech);
  }

  /** The caller is speaking over the agent, and whether they take the floor depends on how they go on. */
  get isUndecided(): boolean {
    return this.speaking?.standing === 'undecided';
  }

  /** They are still making a sound. */
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
      this.owed = null; // The model answers this turn, and with it whatever was owed.
      return;
    }
    speech.wasAsked = this.isAgentBusy && this.rules.hasAsked();
    this.decide(speech);
    const isAnsweredAtOnce =
      speech.standing === 'has-floor' &&
      !(speech.didInterrupt && this.rules.settings.afterFalseStart === 'resume');
    if (speech.isFinal) this.settle(speech);
    else if (!isAnsweredAtOnce)
      speech.timer = this.context.clock.after(WORDS_PATIENCE_MS, () => this.wordsAreDue(speech));
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
    this.settle(speech);
  }

  responseStarted(responseId: ResponseId): void {
    this.runningResponse = responseId;
    this.owed = null;
  }

  responseDone(responseId: ResponseId): void {
    if (this.runningResponse === responseId) this.runningResponse = null;
    this.playout.responseDone(responseId);
    this.floorMayBeFree();
  }

  playoutIdle(): void {
    this.floorMayBeFree();
  }

  /** Lets the agent speak, unless the caller is speaking: then the answer to that turn covers it. */
  speak(request: SpeakRequest): void {
    if (request.kind === 'reply' && (this.isCallerSpeaking || this.isClosed)) return;
    this.owed = request.kind;
    this.model.session?.respond(request);
  }

  /** The agent falls silent now, whoever wants it. */
  interrupt(): void {
    const startedAt = this.context.clock.now();
    const wasRunning = this.runningResponse !== null;
    const cut = this.playout.interrupt(this.runningResponse, this.rules.settings.fadeMs);
    if (wasRunning || this.owed !== null) this.model.session?.cancelResponse();
    this.owed = null;
    if (cut.length === 0) return;
    this.interruptions += 1;
    this.context.signal({
      kind: 'agent-interrupted',
      cut,
      tookMs: this.context.clock.now() - startedAt,
      times: this.interruptions,
    });
  }

  /** Last words follow: from now on nobody is answered, not by the model itself either. */
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
    if (speech.standing !== 'undecided') return;
    if (!this.isAgentBusy) {
      speech.standing = 'has-floor'; // The agent has finished meanwhile.
      return;
    }
    const { text, isOver, isFinal, spokenMs } = speech;
    const verdict = this.isProtected
      ? isOver
        ? 'ignore'
        : 'wait'
      : this.rules.policy.decide({ spokenMs, text, isOver, isFinal });
    if (verdict === 'wait') return;
    speech.standing = verdict === 'interrupt' ? 'has-floor' : 'ignored';
    if (verdict !== 'interrupt') return;
    speech.didInterrupt = true;
    this.interrupt();
  }

  /** The speech is over and its words are known, or will not be. */
  private settle(speech: Speech): void {
    const isFalseStart = speech.isFinal && !this.needsAnswer(speech);
    if (
      isFalseStart &&
      speech.didInterrupt &&
      !speech.isAnswered &&
      this.rules.settings.afterFalseStart === 'resume'
    ) {
      speech.isAnswered = true;
      this.speak({ kind: 'instruct', instruction: GO_ON });
    } else if (speech.standing === 'has-floor') this.answer(speech);
    else if (isFalseStart) speech.isAnswered = true;
    this.floorMayBeFree();
    if (speech.isFinal && speech.isAnswered) this.speeches.delete(speech.itemId);
  }

  private wordsAreDue(speech: Speech): void {
    if (speech.isAnswered) return;
    speech.isUnknown = speech.text.trim() === '';
    if (speech.standing === 'undecided') speech.standing = this.isAgentBusy ? 'ignored' : 'has-floor';
    this.settle(speech);
  }

  private answer(speech: Speech): void {
    if (speech.standing !== 'has-floor' || speech.isAnswered || this.owner === 'model') return;
    this.reply();
  }

  /** One reply answers everything the caller has said by now. */
  private reply(): void {
    for (const speech of this.speeches.values()) speech.isAnswered ||= speech.isOver;
    this.speak({ kind: 'reply' });
  }

  /** What the caller said without getting the floor is answered once the agent has finished. */
  private floorMayBeFree(): void {
    if (this.owner === 'session' && !this.isAgentBusy && !this.isCallerSpeaking) {
      const isWaiting = (speech: Speech): boolean =>
        speech.standing === 'ignored' && speech.isOver && !speech.isAnswered && this.needsAnswer(speech);
      if ([...this.speeches.values()].some(isWaiting)) this.reply();
    }
    this.signalWhenQuiet();
  }

  /**
   * Speech that has no end keeps nobody waiting for ever. Should it be told of after all, it is speech as any
   * other.
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
      this.floorMayBeFree();
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

  /** A sound of listening needs none, where those are told apart, unless it is the answer to a question. */
  private needsAnswer({ text, isUnknown, wasAsked }: Speech): boolean {
    const { settings, backchannels } = this.rules;
    if (isUnknown) return true;
    return (
      text.trim() !== '' && (wasAsked || !(settings.ignoresBackchannels && isBackchannel(text, backchannels)))
    );
  }

  private get isAgentDone(): boolean {
    return !this.isAgentBusy && this.owed === null;
  }

  private wordless({ itemId }: Speech): void {
    this.context.signal({ kind: 'caller-wordless', itemId });
  }

  private signalWhenQuiet(): void {
    if (this.isQuiet) this.context.signal({ kind: 'floor-quiet' });
    else if (this.isAgentDone) this.context.signal({ kind: 'caller-talks-on' });
  }
}
