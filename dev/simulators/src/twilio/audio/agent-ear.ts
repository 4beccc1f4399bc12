import { FRAME_MS } from '@tandem/kit';
import { meanMagnitude } from './loudness.ts';

export interface AgentEarOptions {
  /** Mean sample magnitude above which a frame counts as sound. */
  readonly audibleLevel: number;
  /** Shortest continuous sound that counts as speech; less is a click. */
  readonly speechAfterMs: number;
  /** Shortest silence that ends the agent's speech; less is a pause between words. */
  readonly silenceAfterMs: number;
}

export const DEFAULT_EAR: AgentEarOptions = { audibleLevel: 150, speechAfterMs: 40, silenceAfterMs: 400 };

interface AgentEarListener {
  /** `atMs` is when the first audible frame began to play. */
  onAgentStarted(atMs: number): void;
  /** `atMs` is when the last audible frame had been played. */
  onAgentStopped(atMs: number): void;
}

/** Detects by energy when the agent speaks, as the caller hears it. Times are the clock's `now`. */
export class AgentEar {
  private readonly options: AgentEarOptions;
  private readonly listener: AgentEarListener;
  private isSpeaking = false;
  private soundSinceMs = -1;
  private soundFrames = 0;
  private firstAudible: number | null = null;
  private lastAudibleEnd: number | null = null;

  constructor(options: AgentEarOptions, listener: AgentEarListener) {
    this.options = options;
    this.listener = listener;
  }

  get isAgentSpeaking(): boolean {
    return this.isSpeaking;
  }

  /** Start of the current stretch of sound; null in silence. */
  get speakingSinceMs(): number | null {
    return this.isSpeaking ? this.soundSinceMs : null;
  }

  /** Start of the very first audible frame of the call. */
  get firstAudibleMs(): number | null {
    return this.firstAudible;
  }

  /** End of the newest audible frame. */
  get lastAudibleEndMs(): number | null {
    return this.lastAudibleEnd;
  }

  /** Processes one tick: `bytes` of `frame` are played from now on for 20 ms; 0 is silence. */
  hear(frame: Uint8Array, bytes: number, nowMs: number): void {
    this.hearLevel(bytes > 0 ? meanMagnitude(frame, bytes) : 0, nowMs);
  }

  /** Processes one tick of which the mean sample magnitude is known; 0 is silence. */
  hearLevel(level: number, nowMs: number): void {
    if (level > this.options.audibleLevel) this.hearSound(nowMs);
    else this.hearSilence(nowMs);
  }

  /** The line is closed, which ends the agent's speech. */
  close(): void {
    if (!this.isSpeaking) return;
    this.isSpeaking = false;
    this.listener.onAgentStopped(this.lastAudibleEnd ?? 0);
  }

  private hearSound(nowMs: number): void {
    if (this.soundFrames === 0 && !this.isSpeaking) this.soundSinceMs = nowMs;
    this.soundFrames += 1;
    this.firstAudible ??= nowMs;
    this.lastAudibleEnd = nowMs + FRAME_MS;
    if (this.isSpeaking || this.soundFrames * FRAME_MS < this.options.speechAfterMs) return;
    this.isSpeaking = true;
    this.listener.onAgentStarted(this.soundSinceMs);
  }

  private hearSilence(nowMs: number): void {
    this.soundFrames = 0;
    if (!this.isSpeaking || nowMs - (this.lastAudibleEnd ?? 0) < this.options.silenceAfterMs) return;
    this.isSpeaking = false;
    this.listener.onAgentStopped(this.lastAudibleEnd ?? nowMs);
  }
}
