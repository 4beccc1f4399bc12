import { AgentEar, type AgentEarOptions } from '../twilio/audio/agent-ear.ts';
import { TalkTimer, type TalkTiming } from '../twilio/audio/talk-timing.ts';

/** The call ended, or the timeout passed, before the awaited moment. */
export class WaitError extends Error {
  override readonly name = 'WaitError';
}

type TalkEntry =
  | { readonly kind: 'caller-started' | 'caller-stopped'; readonly text: string | null }
  | { readonly kind: 'agent-started' | 'agent-stopped' };

/** The part of a call's journal that has the talk in it. */
interface TalkJournal {
  readonly nowMs: number;
  readonly startedNowMs: number;
  add(entry: TalkEntry, atMs: number): void;
}

interface Waiter {
  /** Returns ms from the start of the call, or null while the condition is not met. */
  readonly check: (nowMs: number) => number | null;
  readonly resolve: (atMs: number) => void;
  readonly reject: (error: WaitError) => void;
  readonly deadlineMs: number;
  readonly what: string;
}

/**
 * The talk on a person's line, of any carrier: who speaks when, in the journal and as latencies, and those
 * who wait for it. Times of callers and answers count from the start of the call.
 */
export class Talk {
  readonly ear: AgentEar;
  private readonly timer = new TalkTimer();
  private waiters: Waiter[] = [];
  private openedAt: number | null = null;
  private hasEnded = false;

  constructor(
    private readonly journal: TalkJournal,
    ear: AgentEarOptions,
  ) {
    this.ear = new AgentEar(ear, {
      onAgentStarted: (nowMs) => {
        this.timer.agentStarted(this.callTime(nowMs));
        this.journal.add({ kind: 'agent-started' }, this.callTime(nowMs));
      },
      onAgentStopped: (nowMs) => {
        this.timer.agentStopped(this.callTime(nowMs));
        this.journal.add({ kind: 'agent-stopped' }, this.callTime(nowMs));
      },
    });
  }

  /** When the line was opened; null before. */
  get openedAtMs(): number | null {
    return this.openedAt;
  }

  get isClosed(): boolean {
    return this.hasEnded;
  }

  /** Returns false on a line that was opened or closed before. */
  open(): boolean {
    if (this.openedAt !== null || this.hasEnded) return false;
    this.openedAt = this.journal.nowMs;
    return true;
  }

  /** @param why the cause, told to everything that still waits */
  close(why: string): void {
    this.hasEnded = true;
    this.ear.close();
    for (const waiter of this.waiters.splice(0))
      waiter.reject(new WaitError(`The call ended (${why}) before ${waiter.what}.`));
  }

  callerStarted(text: string | null, nowMs: number): void {
    this.timer.callerStarted(this.callTime(nowMs));
    this.journal.add({ kind: 'caller-started', text }, this.callTime(nowMs));
  }

  callerStopped(text: string | null, nowMs: number): void {
    this.timer.callerStopped(this.callTime(nowMs));
    this.journal.add({ kind: 'caller-stopped', text }, this.callTime(nowMs));
  }

  /** Resolves with the time at which the agent's speech began, once it has lasted `forMs`. */
  waitForSpeech(forMs: number, timeoutMs: number): Promise<number> {
    return this.wait(
      forMs === 0 ? 'the agent spoke' : `the agent spoke for ${forMs} ms`,
      timeoutMs,
      (nowMs) => {
        const sinceMs = this.ear.speakingSinceMs;
        return sinceMs === null || nowMs - sinceMs < forMs ? null : this.callTime(sinceMs);
      },
    );
  }

  /**
   * Resolves with the time at which the agent has been silent for `silenceMs`, at once when it has been
   * already.
   */
  waitForSilence(silenceMs: number, timeoutMs: number): Promise<number> {
    return this.wait(`the agent was silent for ${silenceMs} ms`, timeoutMs, (nowMs) => {
      const lastMs = this.ear.lastAudibleEndMs;
      const quietSinceMs = lastMs === null ? (this.openedAt ?? 0) : this.callTime(lastMs);
      const atMs = this.callTime(nowMs);
      return atMs - quietSinceMs >= silenceMs ? atMs : null;
    });
  }

  /** Serves those who wait, at the end of a tick. */
  tick(nowMs: number): void {
    if (this.waiters.length === 0) return;
    this.waiters = this.waiters.filter((waiter) => {
      const atMs = waiter.check(nowMs);
      if (atMs !== null) waiter.resolve(atMs);
      else if (nowMs < waiter.deadlineMs) return true;
      else waiter.reject(new WaitError(`Timed out before ${waiter.what}.`));
      return false;
    });
  }

  timing(): TalkTiming {
    const firstMs = this.ear.firstAudibleMs;
    return this.timer.result(firstMs === null ? null : this.callTime(firstMs));
  }

  /** Returns a time of the clock as ms from the start of the call. */
  callTime(clockMs: number): number {
    return clockMs - this.journal.startedNowMs;
  }

  private wait(what: string, timeoutMs: number, check: (nowMs: number) => number | null): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.hasEnded) return reject(new WaitError(`The call ended before ${what}.`));
      const nowMs = this.journal.startedNowMs + this.journal.nowMs;
      const atMs = check(nowMs);
      if (atMs !== null) return resolve(atMs);
      this.waiters.push({ check, resolve, reject, deadlineMs: nowMs + timeoutMs, what });
    });
  }
}
