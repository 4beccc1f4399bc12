import { PlaybackBuffer, type PlaybackPosition } from './playback-buffer.ts';
import { SincResampler } from './sinc-resampler.ts';

/** Longest time between playing a sample and hearing it that is accounted for. */
const MAX_LATENCY_MS = 1_000;

/**
 * Plays audio of the wire's rate on a device of another rate, and knows how far the ear is: what was
 * consumed, less what is on its way through the filter and the device.
 */
export class Playback {
  readonly buffer: PlaybackBuffer;
  private readonly resampler: SincResampler;
  private input: Float32Array = new Float32Array(0);
  private output: Float32Array = new Float32Array(0);
  /** Samples in `output` that were made and not taken. */
  private made = 0;
  /** Consumed samples after each of the last quanta, as a ring. */
  private readonly log: Float64Array;
  private quanta = 0;
  private delayQuanta = 0;
  private lastOffset = 0;

  /** @param quantum samples a device asks for at a time */
  constructor(
    private readonly deviceHz: number,
    wireHz: number,
    private readonly quantum: number,
  ) {
    this.buffer = new PlaybackBuffer(wireHz);
    this.resampler = new SincResampler(wireHz, deviceHz);
    this.log = new Float64Array(Math.ceil((MAX_LATENCY_MS * deviceHz) / 1000 / quantum) + 1);
    this.setOutputLatency(0);
  }

  /** @param latencyS from the device's buffer to the ear, as far as the browser says */
  setOutputLatency(latencyS: number): void {
    const quanta = Math.round(((latencyS + this.resampler.delayS) * this.deviceHz) / this.quantum);
    this.delayQuanta = Math.max(0, Math.min(this.log.length - 1, quanta));
  }

  /** Fills `out` with the next samples. */
  pull(out: Float32Array): void {
    const wanted = this.resampler.inputsFor(out.length - this.made);
    if (this.input.length !== wanted) this.input = new Float32Array(wanted);
    this.buffer.pull(this.input);
    const most = this.made + this.resampler.outputsFor(wanted);
    if (this.output.length < most) {
      const longer = new Float32Array(most);
      longer.set(this.output.subarray(0, this.made));
      this.output = longer;
    }
    this.made += this.resampler.process(this.input, this.output.subarray(this.made));
    out.set(this.output.subarray(0, out.length));
    this.output.copyWithin(0, out.length, this.made);
    this.made -= out.length;
    this.log[this.quanta % this.log.length] = this.buffer.consumedSamples;
    this.quanta += 1;
  }

  /** Returns how far the ear is; null before the first sample of a sound. */
  position(): PlaybackPosition | null {
    this.lastOffset = this.earOffset();
    return this.buffer.positionAt(this.lastOffset);
  }

  /** The ear is further than at the last {@link position}, and has heard all there is. */
  get hasJustFinished(): boolean {
    const { consumedSamples, waitingSamples } = this.buffer;
    return waitingSamples === 0 && consumedSamples > this.lastOffset && this.earOffset() === consumedSamples;
  }

  private earOffset(): number {
    const at = this.quanta - 1 - this.delayQuanta;
    return at < 0 ? 0 : (this.log[at % this.log.length] as number);
  }
}
