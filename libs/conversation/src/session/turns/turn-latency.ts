import type { ItemId, LatencyKind, ResponseId } from '@tandem/contracts';
import type { CallContext } from '../call-context.ts';

interface Turn {
  /** The caller's utterance. */
  readonly itemId: ItemId;
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
  private cutItemId: ItemId | undefined;
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

  callerStopped(itemId: ItemId, endedAgoMs: number): void {
    this.turn = {
      itemId,
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
    const { itemId } = turn;
    this.measured('caller-to-agent', now - turn.stoppedAt, itemId);
    this.measured('end-pointing', turn.endPointingMs, itemId);
    this.measured('model', turn.firstAudioAt - turn.stoppedAt, itemId);
    this.measured('relay', now - turn.firstAudioAt, itemId);
  }

  heardFirst(responseId: ResponseId): void {
    const { turn } = this;
    if (turn?.responseId !== responseId || turn.writtenAt === 0) return;
    const now = this.context.clock.now();
    this.turn = null;
    this.measured('playout', now - turn.writtenAt, turn.itemId);
    this.measured('caller-to-heard', now - turn.stoppedAt + turn.endPointingMs, turn.itemId);
  }

  /** @param itemId what the agent was saying */
  interrupted(tookMs: number, itemId: ItemId | undefined): void {
    this.silencedAt = this.context.clock.now() - tookMs;
    this.cutItemId = itemId;
    this.measured('interruption-to-clear', tookMs, itemId);
  }

  silent(): void {
    if (this.silencedAt !== null)
      this.measured('interruption-to-silence', this.context.clock.now() - this.silencedAt, this.cutItemId);
    this.silencedAt = null;
  }

  private measured(kind: LatencyKind, ms: number, itemId?: ItemId): void {
    const { log, atMs } = this.context;
    log.append({
      type: 'latency.measured',
      data: { kind, ms: Math.max(0, Math.round(ms)), atMs: atMs(), ...(itemId && { itemId }) },
    });
  }
}
