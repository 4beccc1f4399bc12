import type { AudioFormat } from '@tandem/contracts';
import type { AudioFrame, Clock, Timer } from '@tandem/conversation';
import { hasVoiceEnergy } from '../energy-gate.ts';

export interface LivenessLimits {
  /** Between WebSocket pings; one that is not answered by the next is one too many. */
  readonly pingMs: number;
  /** After speech that nothing answers. */
  readonly suspicionMs: number;
  /** For the answer to a probe. */
  readonly patienceMs: number;
  /** Between probes that were answered. */
  readonly restMs: number;
}

export const LIVENESS: LivenessLimits = {
  pingMs: 10_000,
  suspicionMs: 1_500,
  patienceMs: 2_000,
  restMs: 5_000,
};

export interface LivenessEvents {
  ping(): void;
  /** Ask for something that a living provider answers. */
  probe(): void;
  dead(): void;
}

/** Audible audio that makes it speech worth an answer. */
const SPEECH_MS = 300;

/**
 * Whether anybody is at the other end. A dead peer does not answer pings. A hung server may, and is silent
 * about the caller's speech, which proves nothing by itself: a detector may be right to ignore a noise. So
 * when audible audio goes unanswered, the provider is asked for a sign of life, and only when that does not
 * come either it counts as dead.
 */
export class Liveness {
  private audibleMs = 0;
  private audibleSince = 0;
  private restUntil = 0;
  private patience: Timer | null = null;
  private pings: Timer | null = null;
  private isPingOpen = false;

  constructor(
    private readonly clock: Clock,
    private readonly format: AudioFormat,
    private readonly limits: LivenessLimits,
    private readonly events: LivenessEvents,
  ) {}

  start(): void {
    this.pings = this.clock.after(this.limits.pingMs, () => this.ping());
  }

  /** An event came. */
  heard(): void {
    this.audibleMs = 0;
    this.isPingOpen = false;
    if (!this.patience) return;
    this.patience.cancel();
    this.patience = null;
    this.restUntil = this.clock.now() + this.limits.restMs;
  }

  /** A ping was answered: the peer lives, whatever its server does. */
  ponged(): void {
    this.isPingOpen = false;
  }

  /** A frame of `ms` was sent. */
  sent(frame: AudioFrame, ms: number): void {
    if (this.audibleMs < SPEECH_MS) {
      if (!hasVoiceEnergy(frame, this.format)) return;
      if (this.audibleMs === 0) this.audibleSince = this.clock.now();
      this.audibleMs += ms;
      return;
    }
    const now = this.clock.now();
    if (this.patience || now - this.audibleSince < this.limits.suspicionMs || now < this.restUntil) return;
    this.events.probe();
    this.patience = this.clock.after(this.limits.patienceMs, () => this.events.dead());
  }

  stop(): void {
    this.patience?.cancel();
    this.pings?.cancel();
  }

  private ping(): void {
    if (this.isPingOpen) return this.events.dead();
    this.isPingOpen = true;
    this.events.ping();
    this.pings = this.clock.after(this.limits.pingMs, () => this.ping());
  }
}
