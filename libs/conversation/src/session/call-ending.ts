import { termination, type Termination, type TerminationReason } from '@tandem/contracts';
import type { Timer } from '../ports/clock.ts';
import type { CallContext } from './call-context.ts';

/** Why a session lets go of a call that goes on elsewhere. */
export type LeaveReason =
  'transfer' | 'moved' | 'taken-over' | 'closed-by-carrier' | 'connection-lost' | 'media-timeout';

/**
 * Exactly one termination per call: the first reason wins. A goodbye is a pending reason: it waits until what
 * is being said has been heard, and is withdrawn when the caller talks over its end.
 */
export class CallEnding {
  private settled: Termination | null = null;
  private isLeft = false;
  private goodbye: { reason: TerminationReason; isFinal: boolean; timer: Timer } | null = null;
  /** Resolves {@link closed}. */
  markClosed!: (termination: Termination | null) => void;
  /** Resolves when every part has stopped and everything is stored; null when the call goes on elsewhere. */
  readonly closed = new Promise<Termination | null>((resolve) => (this.markClosed = resolve));

  constructor(private readonly context: CallContext) {}

  /** The call has ended, or goes on elsewhere. */
  get isOver(): boolean {
    return this.settled !== null || this.isLeft;
  }

  /** The call is over, or its last words are being said and cannot be withdrawn. */
  get isDecided(): boolean {
    return this.isOver || this.goodbye?.isFinal === true;
  }

  get isSayingGoodbye(): boolean {
    return this.goodbye !== null;
  }

  /**
   * Ends the call once the floor is quiet, and after the agent's `wrapUpMs` at the latest, in case the model
   * never says goodbye. Replaces an earlier goodbye unless that was final; a final one is never withdrawn.
   */
  sayGoodbye(reason: TerminationReason, { isFinal = false }: { isFinal?: boolean } = {}): void {
    if (this.isOver || this.goodbye?.isFinal) return;
    const { call, clock } = this.context;
    this.goodbye?.timer.cancel();
    this.goodbye = {
      reason,
      isFinal,
      timer: clock.after(call.agent.limits.wrapUpMs, () => this.end(reason)),
    };
  }

  /**
   * Goes on with the conversation, as the caller is not done. Returns whether there was a goodbye to
   * withdraw.
   */
  withdrawGoodbye(): boolean {
    if (!this.goodbye || this.goodbye.isFinal) return false;
    this.goodbye.timer.cancel();
    this.goodbye = null;
    return true;
  }

  /** The floor is quiet: a goodbye has been heard. */
  quiet(): void {
    if (this.goodbye) this.end(this.goodbye.reason);
  }

  /** The agent has finished and the caller is speaking: final words have been heard. */
  talkedOver(): void {
    if (this.goodbye?.isFinal) this.end(this.goodbye.reason);
  }

  end(reason: TerminationReason): void {
    if (this.isOver) return;
    this.settled = termination(reason);
    this.goodbye?.timer.cancel();
    const { log, atMs, signal } = this.context;
    log.append({ type: 'call.ended', data: { termination: this.settled, atMs: atMs() } });
    signal({ kind: 'call-over', termination: this.settled });
  }

  /** Lets go of the call, which goes on elsewhere. Does nothing once it is over. */
  leave(reason: LeaveReason): void {
    if (this.isOver) return;
    this.isLeft = true;
    this.goodbye?.timer.cancel();
    this.context.log.append({ type: 'stream.detached', data: { reason } });
    this.context.signal({ kind: 'call-over', termination: null });
  }
}
