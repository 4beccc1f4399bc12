import type { InterruptionSettings, ItemId, ResponseId } from '@tandem/contracts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { SpeakRequest, VoiceModelSession } from '../ports/voice-model.ts';
import { isBackchannel } from './interruption-policies/backchannels.ts';
import { turnOwnerFor, type InterruptionPolicy } from './interruption-policies/policy.ts';
import type { CutItem, Playout } from './playout.ts';

export interface TurnTakingEvents {
  /** Nobody speaks, nobody is about to. */
  quiet(): void;
  /** The agent has said what it had to say, and the caller is speaking. */
  talkedOver(): void;
  /** The caller makes a sound. */
  callerActive(): void;
  /** The agent was silenced, `tookMs` after the sound that did it; these items were cut. */
  interrupted(cut: readonly CutItem[], tookMs: number): void;
}

export interface TurnTakingRules {
  readonly settings: InterruptionSettings;
  readonly policy: InterruptionPolicy;
  /** Sounds of listening, where the settings tell them apart. */
  readonly backchannels: readonly string[];
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
  text: string;
  isOver: boolean;
  isFinal: boolean;
  isAnswered: boolean;
  timer: Timer | null;
}

const MAX_SPEECHES = 16;
/** Words are waited for this long after the speech, to tell a false start from a turn. */
const WORDS_PATIENCE_MS = 1_200;
const GO_ON = 'A sound that meant nothing interrupted you. Go on exactly where you were cut off, without a word about it and without starting over.';

/**
 * Who has the floor: the caller's speech, the agent's playout and the model's running response, and what follows when
 * they meet. Whether the caller's sound takes the floor is the policy's to say; {@link isProtected} overrules it. Where
 * the model does not answer by itself (see `turnOwnerFor`) the reply to a turn is asked for here.
 */
export class TurnTaking {
  private runningResponse: ResponseId | null = null;
  private readonly speeches = new Map<ItemId, Speech>();
  private speaking: Speech | null = null;
  /** Asked for and not yet begun. */
  private owed: SpeakRequest['kind'] | null = null;
  private readonly owner: 'model' | 'session';
  /** While true the caller does not interrupt: something is being said that must be heard. */
  isProtected = false;
  interruptions = 0;

  constructor(
    private readonly model: () => VoiceModelSession,
    private readonly playout: Playout,
    private readonly clock: Clock,
    private readonly rules: TurnTakingRules,
    private readonly events: TurnTakingEvents,
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
    const speech: Speech = { itemId, spokenMs: 0, standing: 'has-floor', didInterrupt: false, text: '', isOver: false, isFinal: false, isAnswered: false, timer: null };
    this.remember(speech);
    this.speaking = speech;
    this.events.callerActive();
    if (!this.isAgentBusy) {
      if (this.owner === 'session' && this.owed === 'reply') this.interrupt(); // They go on talking: the turn was not over.
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
    this.decide(this.speaking);
  }

  callerStopped(itemId: ItemId): void {
    const speech = this.speeches.get(itemId);
    if (!speech || this.speaking !== speech) return;
    this.speaking = null;
    speech.isOver = true;
    speech.timer?.cancel();
    if (this.owner === 'model') {
      this.owed = null; // The model answers this turn, and with it whatever was owed.
      return;
    }
    this.decide(speech);
    if (speech.isFinal) this.settle(speech);
    else if (speech.standing === 'undecided' || (speech.didInterrupt && this.rules.settings.afterFalseStart === 'resume')) {
      speech.timer = this.clock.after(WORDS_PATIENCE_MS, () => this.wordsAreDue(speech));
    } else {
      this.answer(speech);
      this.tellWhenQuiet();
    }
  }

  callerText(itemId: ItemId, text: string, isFinal: boolean): void {
    const speech = this.speeches.get(itemId);
    if (!speech || this.owner === 'model') return;
    speech.text = text;
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
    if (this.isCallerSpeaking && request.kind === 'reply') return;
    this.owed = request.kind;
    this.model().respond(request);
  }

  /** The agent falls silent now, whoever wants it. */
  interrupt(): void {
    const startedAt = this.clock.now();
    const wasRunning = this.runningResponse !== null;
    const cut = this.playout.interrupt(this.runningResponse, this.rules.settings.fadeMs);
    if (wasRunning || this.owed !== null) this.model().cancelResponse();
    this.owed = null;
    if (cut.length === 0) return;
    this.interruptions += 1;
    this.events.interrupted(cut, this.clock.now() - startedAt);
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
    const verdict = this.isProtected ? (isOver ? 'ignore' : 'wait') : this.rules.policy.verdict({ spokenMs, text, isOver, isFinal });
    if (verdict === 'wait') return;
    speech.standing = verdict === 'interrupt' ? 'has-floor' : 'ignored';
    if (verdict !== 'interrupt') return;
    speech.didInterrupt = true;
    this.interrupt();
  }

  /** The speech is over and its words are known, or will not be. */
  private settle(speech: Speech): void {
    const isFalseStart = speech.isFinal && !this.hasWords(speech);
    if (isFalseStart && speech.didInterrupt && !speech.isAnswered && this.rules.settings.afterFalseStart === 'resume') {
      speech.isAnswered = true;
      this.speak({ kind: 'instruct', instruction: GO_ON });
    } else if (speech.standing === 'has-floor') this.answer(speech);
    else if (isFalseStart) speech.isAnswered = true;
    this.floorMayBeFree();
    if (speech.isFinal && speech.isAnswered) this.speeches.delete(speech.itemId);
  }

  private wordsAreDue(speech: Speech): void {
    if (speech.isAnswered) return;
    if (speech.standing === 'undecided') speech.standing = this.isAgentBusy ? 'ignored' : 'has-floor';
    this.settle(speech);
  }

  private answer(speech: Speech): void {
    if (speech.standing !== 'has-floor' || speech.isAnswered || this.owner === 'model') return;
    speech.isAnswered = true;
    this.speak({ kind: 'reply' });
  }

  /** What the caller said without getting the floor is answered once the agent has finished. */
  private floorMayBeFree(): void {
    if (this.owner === 'session' && !this.isAgentBusy && !this.isCallerSpeaking) {
      const waiting = [...this.speeches.values()].filter((speech) => speech.standing === 'ignored' && speech.isOver && !speech.isAnswered && this.hasWords(speech));
      for (const speech of waiting) speech.isAnswered = true;
      if (waiting.length > 0) this.speak({ kind: 'reply' });
    }
    this.tellWhenQuiet();
  }

  private remember(speech: Speech): void {
    if (this.speeches.size >= MAX_SPEECHES) {
      const [oldest] = this.speeches.values();
      oldest?.timer?.cancel();
      if (oldest) this.speeches.delete(oldest.itemId);
    }
    this.speeches.set(speech.itemId, speech);
  }

  /** Words that are more than a sound of listening, where those are told apart. */
  private hasWords({ text }: Speech): boolean {
    const { settings, backchannels } = this.rules;
    return text.trim() !== '' && !(settings.ignoresBackchannels && isBackchannel(text, backchannels));
  }

  private get isAgentDone(): boolean {
    return !this.isAgentBusy && this.owed === null;
  }

  private tellWhenQuiet(): void {
    if (this.isQuiet) this.events.quiet();
    else if (this.isAgentDone) this.events.talkedOver();
  }
}
