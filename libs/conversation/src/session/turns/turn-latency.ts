import type { LatencyKind, ResponseId } from '@tandem/contracts';
import type { CallContext } from '../call-context.ts';

interface Turn {
  readonly endPointingMs: number;
  readonly stoppedAt: number;
  responseId: ResponseId | null;
  firstAudioAt: number;
  writtenAt: number;
}

/**
 * Logs as `latency.measured` how long the caller waits: from the end of their speech to the first sound of
 * the agent they hear, in its parts, and from their interruption to silence. Only answered turns count.
 */
export class TurnLatency {
  private turn: Turn | null = null;
  private silencedAt: number | null = null;
  private readonly startedAt: number;

  /** @param isAgentUnheard the agent has not spoken in this call yet, not on another relay either */
  constructor(
    private readonly context: CallContext,
    private isAgentUnheard: boolean,
  ) {
    this.startedAt = context.clock.now();
  }

  callerStarted(): void {
    this.turn = null;
  }

  callerStopped(endedAgoMs: number): void {
    this.turn = {
      endPointingMs: endedAgoMs,
      stoppedAt: this.context.clock.now(),
      responseId: null,
      firstAudioAt: 0,
      writtenAt: 0,
    };
  }

  /** The model sent audio; only the first of a response counts. */
  modelAudio(responseId: ResponseId): void {
    const { turn } = this;
    if (!turn || turn.responseId !== null) return;
    turn.responseId = responseId;
    turn.firstAudioAt = this.context.clock.now();
  }

  /** The first audio of a response is on its way to the caller. */
  written(responseId: ResponseId): void {
    const now = this.context.clock.now();
    if (this.isAgentUnheard) this.measured('answer-to-first-audio', now - this.startedAt);
    this.isAgentUnheard = false;
    const { turn } = this;
    if (turn?.responseId !== responseId) return;
    turn.writtenAt = now;
    this.measured('caller-to-agent', now - turn.stoppedAt);
    this.measured('end-pointing', turn.endPointingMs);
    this.measured('model', turn.firstAudioAt - turn.stoppedAt);
    this.measured('relay', now - turn.firstAudioAt);
  }

  heardFirst(responseId: ResponseId): void {
    const { turn } = this;
    if (turn?.responseId !== responseId || turn.writtenAt === 0) return;
    const now = this.context.clock.now();
    this.turn = null;
    this.measured('playout', now - turn.writtenAt);
    this.measured('caller-to-heard', now - turn.stoppedAt + turn.endPointingMs);
  }

  interrupted(tookMs: number): void {
    this.silencedAt = this.context.clock.now() - tookMs;
    this.measured('interruption-to-clear', tookMs);
  }

  silent(): void {
    if (this.silencedAt !== null)
      this.measured('interruption-to-silence', this.context.clock.now() - this.silencedAt);
    this.silencedAt = null;
  }

  private measured(kind: LatencyKind, ms: number): void {
    this.context.log.append({ type: 'latency.measured', data: { kind, ms: Math.max(0, Math.round(ms)) } });
  }
}
