import type { ItemId, ResponseId } from '@tandem/contracts';
import type { CallLog } from '../ports/call-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { SpeakRequest, VoiceModelSession } from '../ports/voice-model.ts';
import type { Playout } from './playout.ts';

export interface TurnTakingEvents {
  /** Nobody speaks, nobody is about to. */
  quiet(): void;
}

/**
 * Who has the floor: the caller's speech, the agent's playout and the model's running response, and what follows when
 * they meet. The caller always wins the floor unless {@link isProtected} says that what is being said must be heard.
 */
export class TurnTaking {
  private runningResponse: ResponseId | null = null;
  private speakingItem: ItemId | null = null;
  private isReplyOwed = false;
  private callerStoppedAt: number | null = null;
  isCallerSpeaking = false;
  /** While true the caller does not interrupt: a goodbye is being said. */
  isProtected = false;
  interruptions = 0;

  constructor(
    private readonly model: () => VoiceModelSession,
    private readonly playout: Playout,
    private readonly log: CallLog,
    private readonly clock: Clock,
    private readonly events: TurnTakingEvents,
  ) {}

  /** Nobody speaks, and neither side is about to. */
  get isQuiet(): boolean {
    return !this.isCallerSpeaking && !this.playout.isPlaying && this.runningResponse === null && !this.isReplyOwed;
  }

  callerStarted(itemId: ItemId): void {
    this.speakingItem = itemId;
    this.isCallerSpeaking = true;
    this.callerStoppedAt = null;
    if (!this.isProtected && (this.playout.isPlaying || this.runningResponse !== null)) this.interrupt();
  }

  callerStopped(itemId: ItemId): void {
    if (this.speakingItem !== itemId) return;
    this.speakingItem = null;
    this.isCallerSpeaking = false;
    this.callerStoppedAt = this.clock.now();
    this.isReplyOwed = false; // The model answers this turn, and with it whatever was owed.
  }

  responseStarted(responseId: ResponseId): void {
    this.runningResponse = responseId;
    this.isReplyOwed = false;
  }

  responseDone(responseId: ResponseId): void {
    if (this.runningResponse === responseId) this.runningResponse = null;
    this.playout.responseDone(responseId);
    this.tellWhenQuiet();
  }

  /** The agent's first audio of a response leaves for the caller. */
  agentStarted(): void {
    if (this.callerStoppedAt === null) return;
    this.log.append({ type: 'latency.measured', data: { kind: 'caller-to-agent', ms: Math.round(this.clock.now() - this.callerStoppedAt) } });
    this.callerStoppedAt = null;
  }

  playoutIdle(): void {
    this.tellWhenQuiet();
  }

  /** Lets the agent speak, unless the caller is speaking: then the model's answer to that turn covers it. */
  speak(request: SpeakRequest): void {
    if (this.isCallerSpeaking && request.kind === 'reply') return;
    this.isReplyOwed = true;
    this.model().respond(request);
  }

  /** The agent falls silent now, whoever wants it. */
  interrupt(): void {
    const startedAt = this.clock.now();
    const wasRunning = this.runningResponse !== null;
    const cut = this.playout.interrupt(this.runningResponse);
    if (wasRunning || this.isReplyOwed) this.model().cancelResponse();
    this.isReplyOwed = false;
    for (const item of cut) this.model().truncate(item.itemId, item.heardMs);
    if (cut.length === 0) return;
    this.interruptions += 1;
    this.log.append({ type: 'latency.measured', data: { kind: 'interruption-to-clear', ms: Math.round(this.clock.now() - startedAt) } });
  }

  private tellWhenQuiet(): void {
    if (this.isQuiet) this.events.quiet();
  }
}
