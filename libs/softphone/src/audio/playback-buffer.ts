import { JitterControl } from './jitter-control.ts';

/** How far playback is. */
export interface PlaybackPosition {
  /** The sound played last; everything received before it was played to its end. */
  readonly sound: number;
  /** Samples of it that were played. */
  readonly samples: number;
  /** Samples that will be played from here without a gap; 0 while playback waits for more audio. */
  readonly ahead: number;
}

/** A sound's place among all samples ever queued. */
interface Segment {
  readonly sound: number;
  readonly start: number;
  end: number;
}

/** Audio of the same sound that arrives within this time after playback ran dry came too late. */
const LATE_WITHIN_MS = 500;
const FULL_SCALE = 32_768;

/**
 * Audio on its way to the ear: a ring of samples, each of a numbered sound. Starts with a delay that follows
 * the network, counts what was played by consumed samples, and drops everything at a clear after a short
 * fade. A sample is counted once it was pulled; offsets count all samples ever queued.
 */
export class PlaybackBuffer {
  /** Gaps in the middle of a sound. */
  underruns = 0;
  /** Samples that found the ring full. */
  dropped = 0;
  private readonly ring: Int16Array;
  private readonly jitter = new JitterControl();
  private segments: Segment[] = [];
  private written = 0;
  private consumed = 0;
  private isPlaying = false;
  /** Samples pulled since audio began to wait for its start. */
  private waited = 0;
  /** Samples pulled since playback ran dry. */
  private dryFor = 0;
  private fading: Float32Array = new Float32Array(0);
  private fadedTo = 0;

  /** @param capacityMs audio that is held; the relay sends at most one second ahead */
  constructor(
    private readonly rateHz: number,
    capacityMs = 5_000,
  ) {
    this.ring = new Int16Array(Math.ceil((capacityMs * rateHz) / 1000));
  }

  /** All samples played so far. */
  get consumedSamples(): number {
    return this.consumed;
  }

  get waitingSamples(): number {
    return this.written - this.consumed;
  }

  /** The delay before playback starts, in ms. */
  get delayMs(): number {
    return this.jitter.targetMs;
  }

  /** Queues samples of a sound; those that find no room are dropped and counted. */
  push(sound: number, samples: Int16Array): void {
    if (samples.length === 0) return;
    const isMoreOfLast = this.segments.at(-1)?.sound === sound;
    const isLate = isMoreOfLast && this.waitingSamples === 0 && this.consumed > 0;
    if (isLate && this.dryFor > 0 && this.dryFor < this.samplesIn(LATE_WITHIN_MS)) {
      this.underruns += 1;
      this.jitter.underrun();
    }
    const room = this.ring.length - this.waitingSamples;
    const taken = Math.min(room, samples.length);
    this.dropped += samples.length - taken;
    for (let index = 0; index < taken; index += 1)
      this.ring[(this.written + index) % this.ring.length] = samples[index] as number;
    const last = this.segments.at(-1);
    if (last && isMoreOfLast) last.end += taken;
    else this.segments.push({ sound, start: this.written, end: this.written + taken });
    this.written += taken;
  }

  /** Fills `out` with what comes next, from -1 to 1; silence where there is nothing. */
  pull(out: Float32Array): void {
    let at = this.pullFade(out);
    this.decideStart(out.length - at);
    const take = this.isPlaying ? Math.min(out.length - at, this.waitingSamples) : 0;
    for (let index = 0; index < take; index += 1)
      out[at + index] = (this.ring[(this.consumed + index) % this.ring.length] as number) / FULL_SCALE;
    this.consumed += take;
    at += take;
    out.fill(0, at);
    if (take > 0) this.jitter.played((take * 1000) / this.rateHz);
    if (this.waitingSamples > 0) return;
    this.isPlaying = false;
    this.waited = 0;
    this.dryFor = take > 0 ? out.length - at + 1 : this.dryFor + out.length;
  }

  /** Drops everything that is not played yet. What sounds at this moment fades out within `fadeMs`. */
  clear(fadeMs: number): void {
    const length = this.isPlaying ? Math.min(this.samplesIn(fadeMs), this.waitingSamples) : 0;
    this.fading = Float32Array.from({ length }, (_, index) => {
      const sample = this.ring[(this.consumed + index) % this.ring.length] as number;
      return (sample / FULL_SCALE) * (1 - (index + 1) / (length + 1));
    });
    this.fadedTo = 0;
    // A new segment begins here, so that what follows is never taken for more of what was dropped.
    this.segments = this.segments.filter(({ start }) => start < this.consumed);
    const last = this.segments.at(-1);
    if (last) last.end = this.consumed;
    this.written = this.consumed;
    this.isPlaying = false;
    this.waited = 0;
    this.dryFor = 0;
  }

  /**
   * Returns the position at an offset at or before {@link consumedSamples}, and forgets the sounds before it.
   * Null before the first sample.
   */
  positionAt(offset: number): PlaybackPosition | null {
    while (this.segments.length > 1 && (this.segments[1] as Segment).start < offset) this.segments.shift();
    const [current] = this.segments;
    if (!current || offset <= current.start) return null;
    return {
      sound: current.sound,
      samples: Math.min(offset, current.end) - current.start,
      ahead: this.isPlaying ? this.written - offset : 0,
    };
  }

  private pullFade(out: Float32Array): number {
    const left = this.fading.length - this.fadedTo;
    if (left <= 0) return 0;
    const take = Math.min(left, out.length);
    out.set(this.fading.subarray(this.fadedTo, this.fadedTo + take));
    this.fadedTo += take;
    return take;
  }

  /** Starts when enough waits, or when what waits has waited long enough: a sound may be short. */
  private decideStart(samples: number): void {
    if (this.isPlaying || this.waitingSamples === 0) return;
    const target = this.samplesIn(this.jitter.targetMs);
    this.isPlaying = this.waitingSamples >= target || this.waited >= target;
    this.waited += samples;
  }

  private samplesIn(ms: number): number {
    return Math.round((ms * this.rateHz) / 1000);
  }
}
