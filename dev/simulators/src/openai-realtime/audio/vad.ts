import type { AudioFormat } from '@tandem/contracts';
import { FRAME_MS } from '@tandem/kit';
import { EnergyMeter } from './energy-meter.ts';

/**
 * RMS (of 32,768) above which a frame counts as voiced. The real detector is a neural network whose threshold
 * is a probability; ours maps 0, 0.5, 1 to -50, -35, -20 dBFS, so that telephone speech (about -20) passes at
 * the default and line noise (about -50) does not.
 */
export function gateRms(threshold: number): number {
  return 32768 * 10 ** ((-50 + 30 * Math.min(1, Math.max(0, threshold))) / 20);
}

/** During speech the gate is this much lower (6 dB), so that the ends of words do not chop the turn. */
const HOLD_RATIO = 0.5;

/** Voiced frames in a row that make a start; one click is not speech. */
const START_FRAMES = 3;

export interface TurnRules {
  readonly threshold: number;
  readonly prefixPaddingMs: number;
  /**
   * Returns the silence that ends the turn; called at every silent frame, because semantic detection decides
   * as it goes.
   */
  silenceMs(): number;
}

interface TurnListener {
  /** `audioStartMs` is the first voiced moment less the padding, in ms of audio written to the buffer. */
  onSpeechStarted(audioStartMs: number): void;
  /** `audioEndMs` includes the silence that ended the turn. */
  onSpeechStopped(audioEndMs: number): void;
}

/** Finds the caller's turns in the audio by its loudness. Times are ms of audio written, never wall time. */
export class TurnDetector {
  private rules: TurnRules;
  private gate: number;
  private meter: EnergyMeter;
  private readonly listener: TurnListener;
  private clockMs: number;
  private voicedFrames = 0;
  private lastVoicedMs = 0;
  private earliestMs: number;
  private speaking = false;

  /** `startMs` is the ms of audio written before the detector was switched on. */
  constructor(format: AudioFormat, rules: TurnRules, startMs: number, listener: TurnListener) {
    this.rules = rules;
    this.gate = gateRms(rules.threshold);
    this.listener = listener;
    this.clockMs = startMs;
    this.earliestMs = startMs;
    this.meter = new EnergyMeter(format, (rms) => this.onFrame(rms));
  }

  get isSpeaking(): boolean {
    return this.speaking;
  }

  /** Applies new rules to the same audio: a turn in progress continues. */
  adjust(rules: TurnRules): void {
    this.rules = rules;
    this.gate = gateRms(rules.threshold);
  }

  push(audio: Buffer): void {
    this.meter.push(audio);
  }

  /** The client committed or cleared the buffer: speech detected so far no longer counts. */
  reset(): void {
    this.speaking = false;
    this.voicedFrames = 0;
    this.earliestMs = this.clockMs;
  }

  private onFrame(rms: number): void {
    this.clockMs += FRAME_MS;
    if (this.speaking) this.whileSpeaking(rms);
    else this.whileSilent(rms);
  }

  private whileSilent(rms: number): void {
    this.voicedFrames = rms > this.gate ? this.voicedFrames + 1 : 0;
    if (this.voicedFrames < START_FRAMES) return;
    this.speaking = true;
    this.lastVoicedMs = this.clockMs;
    const firstVoicedMs = this.clockMs - this.voicedFrames * FRAME_MS;
    this.voicedFrames = 0;
    this.listener.onSpeechStarted(
      Math.round(Math.max(this.earliestMs, firstVoicedMs - this.rules.prefixPaddingMs)),
    );
  }

  private whileSpeaking(rms: number): void {
    if (rms > this.gate * HOLD_RATIO) {
      this.lastVoicedMs = this.clockMs;
      return;
    }
    if (this.clockMs - this.lastVoicedMs < this.rules.silenceMs()) return;
    this.speaking = false;
    this.earliestMs = this.clockMs;
    this.listener.onSpeechStopped(Math.round(this.clockMs));
  }
}
