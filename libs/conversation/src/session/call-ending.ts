import { termination, type Termination, type TerminationReason } from '@tandem/contracts';
import type { CallLog } from '../ports/call-log.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import { offsetMs, type CallInfo } from './call-info.ts';

/**
 * Exactly one termination per call: the first to name a reason wins. A goodbye is a reason in waiting, held
 * until what is being said has been heard, and withdrawn when the caller goes on talking over its end.
 */
export class CallEnding {
  private settled: Termination | null = null;
  private isLeft = false;
  private goodbye: { reason: TerminationReason; isFinal: boolean; timer: Timer } | null = null;

  constructor(
    private readonly call: CallInfo,
    private readonly log: CallLog,
    private readonly clock: Clock,
    private readonly onEnd: (termination: Termination) => void,
  ) {}

  get termination(): Termination | null {
    return this.settled;
  }

  /** Nothing ends the call here any more: it has ended, or goes on elsewhere. */
  get isOver(): boolean {
    return this.settled !== null || this.isLeft;
  }

  /** Last words are under way that nothing withdraws: there are no others after them. */
  get isDecided(): boolean {
    return this.isOver || this.goodbye?.isFinal === true;
  }

  get isSayingGoodbye(): boolean {
    return this.goodbye !== null;
  }

  /**
   * The call ends once the floor is quiet, and after the agent's `wrapUpMs` in any case: a model may have
   * lost the thread. The first reason stays; `isFinal` goodbyes are not withdrawn.
   */
  sayGoodbye(reason: TerminationReason, { isFinal = false }: { isFinal?: boolean } = {}): void {
    if (this.isOver || this.goodbye?.isFinal) return;
    this.goodbye?.timer.cancel();
    this.goodbye = {
      reason,
      isFinal,
      timer: this.clock.after(this.call.agent.limits.wrapUpMs, () => this.end(reason)),
    };
  }

  /** The caller is not done: the conversation goes on. Answers whether it does. */
  withdrawGoodbye(): boolean {
    if (!this.goodbye || this.goodbye.isFinal) return false;
    this.goodbye.timer.cancel();
    this.goodbye = null;
    return true;
  }

  /** Nobody speaks and nobody is about to. */
  quiet(): void {
    if (this.goodbye) this.end(this.goodbye.reason);
  }

  /** The agent has said what it had to say, and the caller speaks: last words have been heard. */
  talkedOver(): void {
    if (this.goodbye?.isFinal) this.end(this.goodbye.reason);
  }

  end(reason: TerminationReason): void {
    if (this.isOver) return;
    this.settled = termination(reason);
    this.goodbye?.timer.cancel();
    this.log.append({
      type: 'call.ended',
      data: { termination: this.settled, atMs: offsetMs(this.call, this.clock) },
    });
    this.onEnd(this.settled);
  }

  /** The call goes on elsewhere. Answers whether there was one to let go of. */
  leave(): boolean {
    if (this.isOver) return false;
    this.isLeft = true;
    this.goodbye?.timer.cancel();
    return true;
  }
}
