import type { Clock, Timer } from '@tandem/conversation';

export interface WatchdogLimits {
  /** Longest time without any event while a response is expected. */
  readonly hangMs: number;
  /** Longest time from the request for a response to its first audio or tool call. */
  readonly firstSoundMs: number;
}

export interface Watched {
  /** A response is running or pending. */
  readonly isExpecting: boolean;
}

/**
 * Detects a provider that has fallen silent with its socket open. Silence counts only while a response is
 * expected. One timer, compared with the last event when it fires, so an event costs one assignment.
 */
export class Watchdog {
  private timer: Timer | null = null;
  private heardAt = 0;
  /** Since when a sound is due; null for none. */
  private dueSince: number | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly limits: WatchdogLimits,
    private readonly watched: Watched,
    /** @param silentSince time of the last event, or of the first request without a sound */
    private readonly onHang: (silentSince: number) => void,
  ) {}

  /** The provider sent an event. */
  onEvent(): void {
    this.heardAt = this.clock.now();
  }

  /** Audio or a tool call came, or the response is over. */
  onProgress(): void {
    this.dueSince = null;
  }

  /** A response is expected from now on. */
  expectResponse(): void {
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
    this.timer = this.clock.after(delayMs, () => this.check());
  }

  private check(): void {
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
