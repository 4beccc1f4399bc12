import type { AudioFormat } from '@tandem/contracts';
import type { AudioFrame, Clock, Timer } from '@tandem/conversation';
import { hasVoiceEnergy } from '../energy-gate.ts';

export interface LivenessLimits {
  /** Between WebSocket pings; a ping without a pong by the next one means a dead peer. */
  readonly pingMs: number;
  /** From the start of speech without any event to the probe. */
  readonly suspicionMs: number;
  /** For the event that answers a probe. */
  readonly probeTimeoutMs: number;
  /** Between a probe that was answered and the next one. */
  readonly probeIntervalMs: number;
}

export const LIVENESS: LivenessLimits = {
  pingMs: 10_000,
  suspicionMs: 1_500,
  probeTimeoutMs: 2_000,
  probeIntervalMs: 5_000,
};

export interface LivenessEvents {
  ping(): void;
  /** Send something that a working provider answers. */
  probe(): void;
  onDead(): void;
}

/** Audible audio from which on it counts as speech. */
const SPEECH_MS = 300;

/**
 * Detects a dead or hung provider. A dead peer does not answer pings. A hung server may answer them while it
 * ignores the caller's speech, which proves nothing by itself: its detector may be right to ignore a noise.
 * So when audible audio brings no event, a probe is sent, and without an answer to it the provider counts as
 * dead.
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

  /** The provider sent an event. */
  onEvent(): void {
    this.audibleMs = 0;
    this.isPingOpen = false;
    if (!this.patience) return;
    this.patience.cancel();
    this.patience = null;
    this.restUntil = this.clock.now() + this.limits.probeIntervalMs;
  }

  /** The peer answered a ping, whatever its server does. */
  onPong(): void {
    this.isPingOpen = false;
  }

  /** We sent a frame of `ms`. */
  onSent(frame: AudioFrame, ms: number): void {
    if (this.audibleMs < SPEECH_MS) {
      if (!hasVoiceEnergy(frame, this.format)) return;
      if (this.audibleMs === 0) this.audibleSince = this.clock.now();
      this.audibleMs += ms;
      return;
    }
    const now = this.clock.now();
    if (this.patience || now - this.audibleSince < this.limits.suspicionMs || now < this.restUntil) return;
    this.events.probe();
    this.patience = this.clock.after(this.limits.probeTimeoutMs, () => this.events.onDead());
  }

  stop(): void {
    this.patience?.cancel();
    this.pings?.cancel();
  }

  private ping(): void {
    if (this.isPingOpen) return this.events.onDead();
    this.isPingOpen = true;
    this.events.ping();
    this.pings = this.clock.after(this.limits.pingMs, () => this.ping());
  }
}
