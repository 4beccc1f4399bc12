import type { Clock, Timer } from '@tandem/conversation';

export interface WatchdogLimits {
  /** Without any event while one is expected. */
  readonly hangMs: number;
  /** From asking for a response to its first audio or tool call. */
  readonly firstSoundMs: number;
}

export interface Watched {
  /** A response was asked for, is owed to the caller, or runs. */
  readonly isExpecting: boolean;
}

/**
 * Notices a provider that has fallen silent with its socket open. Silence counts only while something is
 * expected: a quiet line is no hang. One timer, looked at when it fires; an event costs one assignment.
 */
export class Watchdog {
  private timer: Timer | null = null;
  private heardAt = 0;
  /** Since when sound is due; null when none is. */
  private dueSince: number | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly limits: WatchdogLimits,
    private readonly watched: Watched,
    /** `silentSince` is when the provider was heard last, or asked first. */
    private readonly onHang: (silentSince: number) => void,
  ) {}

  /** Any event came. */
  heard(): void {
    this.heardAt = this.clock.now();
  }

  /** Audio or a tool call came, or the response that owed it is over. */
  satisfied(): void {
    this.dueSince = null;
  }

  /** Something is expected from now on. */
  expect(): void {
    const now = this.clock.now();
    this.dueSince ??= now;
    if (this.timer) return;
    this.heardAt = now;
    this.arm(this.limits.hangMs);
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
    this.dueSince = null;
  }

  private arm(delayMs: number): void {
    this.timer = this.clock.after(delayMs, () => this.look());
  }

  private look(): void {
    this.timer = null;
    if (!this.watched.isExpecting) return this.stop();
    const now = this.clock.now();
    const untilHang = this.heardAt + this.limits.hangMs - now;
    const untilSound =
      this.dueSince === null ? Number.POSITIVE_INFINITY : this.dueSince + this.limits.firstSoundMs - now;
    if (untilHang <= 0 || untilSound <= 0) {
      const silentSince = untilHang <= 0 ? this.heardAt : (this.dueSince ?? now);
      this.stop();
      this.onHang(silentSince);
    } else this.arm(Math.min(untilHang, untilSound));
  }
}
