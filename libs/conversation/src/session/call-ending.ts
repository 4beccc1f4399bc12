import { termination, type Termination, type TerminationReason } from '@tandem/contracts';
import type { CallLog } from '../ports/call-log.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import { offsetMs, type CallFacts } from './call-facts.ts';

/** A goodbye that is not over by now is cut off: the model may have lost the thread. */
const LONGEST_GOODBYE_MS = 20_000;

/**
 * Exactly one termination per call: the first to name a reason wins. A goodbye is a reason in waiting, held until what
 * is being said has been heard, and withdrawn when the caller goes on talking over its end.
 */
export class CallEnding {
  private settled: Termination | null = null;
  private goodbye: { reason: TerminationReason; timer: Timer } | null = null;
  private readonly durationTimer: Timer;

  constructor(
    private readonly call: CallFacts,
    private readonly log: CallLog,
    private readonly clock: Clock,
    private readonly onEnd: (termination: Termination) => void,
  ) {
    const leftMs = call.agent.maxDurationMs - offsetMs(call, clock);
    this.durationTimer = clock.after(Math.max(0, leftMs), () => this.end('max-duration'));
  }

  get termination(): Termination | null {
    return this.settled;
  }

  get isSayingGoodbye(): boolean {
    return this.goodbye !== null;
  }

  /** The call ends once the floor is quiet. */
  sayGoodbye(reason: TerminationReason): void {
    if (this.settled || this.goodbye) return;
    this.goodbye = { reason, timer: this.clock.after(LONGEST_GOODBYE_MS, () => this.end(reason)) };
  }

  /** The caller is not done: the conversation goes on. */
  withdrawGoodbye(): void {
    this.goodbye?.timer.cancel();
    this.goodbye = null;
  }

  /** Nobody speaks and nobody is about to. */
  quiet(): void {
    if (this.goodbye) this.end(this.goodbye.reason);
  }

  end(reason: TerminationReason): void {
    if (this.settled) return;
    this.settled = termination(reason);
    this.goodbye?.timer.cancel();
    this.durationTimer.cancel();
    this.log.append({ type: 'call.ended', data: { termination: this.settled, atMs: offsetMs(this.call, this.clock) } });
    this.onEnd(this.settled);
  }
}
