import type { TurnDetection } from '@tandem/contracts';
import { FRAME_MS, type VoiceDetector } from './voice-detector.ts';

export interface UtteranceRules {
  /** Silence that ends an utterance. */
  readonly silenceMs: number;
  /** Sound kept from before its start. */
  readonly prefixMs: number;
  /** Loudness below which nothing is speech, in dB of full scale. */
  readonly gateDb: number;
  /** A longer one is cut here. */
  readonly maxMs: number;
}

/** Silence that stands for a finished thought, for an engine that does not follow thoughts. */
const SILENCE_OF_EAGERNESS = { high: 450, medium: 700, auto: 700, low: 1_200 } as const;
const DEFAULT_PREFIX_MS = 300;
/** A threshold of 0.5 is -45 dB: 20 dB below speech on an ordinary line. */
const GATE_AT_ZERO_DB = -60;
const GATE_RANGE_DB = 30;

export function utteranceRules(detection: TurnDetection, maxMs: number): UtteranceRules {
  if (detection.kind === 'semantic-vad') {
    return {
      silenceMs: SILENCE_OF_EAGERNESS[detection.eagerness],
      prefixMs: DEFAULT_PREFIX_MS,
      gateDb: GATE_AT_ZERO_DB + GATE_RANGE_DB / 2,
      maxMs,
    };
  }
  const { silenceMs, prefixPaddingMs, threshold } = detection;
  return { silenceMs, prefixMs: prefixPaddingMs, gateDb: GATE_AT_ZERO_DB + GATE_RANGE_DB * threshold, maxMs };
}

export type UtteranceEvent =
  { readonly kind: 'started' } | { readonly kind: 'stopped'; readonly frames: readonly Int16Array[] };

/** An utterance begins when 4 of the last 6 frames are voice: 80 of 120 ms. A click is shorter. */
const ONSET_VOICED = 4;
const ONSET_FRAMES = 6;
/** While the caller speaks, this many voiced frames in a row end a silence; a lone one does not. */
const HOLD_VOICED = 2;
/** Voice stands this far above the noise of the line. */
const ABOVE_NOISE_DB = 8;
/** Rise of the noise estimate for each frame without voice: 10 dB in a second. */
const NOISE_RISE_DB = 0.2;
const QUIETEST_DB = -96;
/** The part of the closing silence that stays with the utterance. */
const TRAIL_MS = 240;

/** Cuts a line's sound into utterances by WebRTC's voice detection, a loudness gate and hangover times. */
export class UtteranceDetector {
  private frames: Int16Array[] = [];
  private recent: boolean[] = [];
  private isSpeaking = false;
  private voicedInARow = 0;
  private silentFrames = 0;
  /** The noise floor of the line; starts with the first frame. */
  private noiseDb = Infinity;

  constructor(
    private readonly detector: VoiceDetector,
    private rules: UtteranceRules,
  ) {}

  /** Sets the rules for the sound from now on. */
  setRules(rules: UtteranceRules): void {
    this.rules = rules;
  }

  /** @param frame 20 ms at 8 kHz; it is kept, so it must not be written to afterwards */
  push(frame: Int16Array): UtteranceEvent | null {
    const isVoiced = this.isVoiced(frame);
    this.frames.push(frame);
    return this.isSpeaking ? this.whileSpeaking(isVoiced) : this.whileSilent(isVoiced);
  }

  /** No more sound will come: the utterance under way is over. */
  finish(): UtteranceEvent | null {
    return this.isSpeaking ? this.stop() : null;
  }

  private isVoiced(frame: Int16Array): boolean {
    const levelDb = loudness(frame);
    const isLoud = levelDb > this.rules.gateDb && levelDb > this.noiseDb + ABOVE_NOISE_DB;
    const isVoice = this.detector.isVoice(frame) && isLoud;
    if (!isVoice || levelDb < this.noiseDb) this.noiseDb = Math.min(levelDb, this.noiseDb + NOISE_RISE_DB);
    return isVoice;
  }

  private whileSilent(isVoiced: boolean): UtteranceEvent | null {
    this.recent = [...this.recent, isVoiced].slice(-ONSET_FRAMES);
    const kept = Math.ceil(this.rules.prefixMs / FRAME_MS) + ONSET_FRAMES;
    if (this.frames.length > kept) this.frames.splice(0, this.frames.length - kept);
    if (this.recent.filter(Boolean).length < ONSET_VOICED) return null;
    this.isSpeaking = true;
    this.silentFrames = 0;
    this.voicedInARow = 0;
    return { kind: 'started' };
  }

  private whileSpeaking(isVoiced: boolean): UtteranceEvent | null {
    this.voicedInARow = isVoiced ? this.voicedInARow + 1 : 0;
    this.silentFrames = this.voicedInARow >= HOLD_VOICED ? 0 : this.silentFrames + 1;
    const isOver = this.silentFrames * FRAME_MS >= this.rules.silenceMs;
    return isOver || this.frames.length * FRAME_MS >= this.rules.maxMs ? this.stop() : null;
  }

  private stop(): UtteranceEvent {
    const surplus = Math.max(0, this.silentFrames - TRAIL_MS / FRAME_MS);
    const frames = this.frames.slice(0, this.frames.length - surplus);
    this.frames = [];
    this.recent = [];
    this.isSpeaking = false;
    return { kind: 'stopped', frames };
  }
}

/** Root mean square in dB of full scale. */
function loudness(frame: Int16Array): number {
  const power = frame.reduce((sum, sample) => sum + sample ** 2, 0) / frame.length;
  return Math.max(QUIETEST_DB, 10 * Math.log10(power / 32_768 ** 2 + 1e-12));
}
