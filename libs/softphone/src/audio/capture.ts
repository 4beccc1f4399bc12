import { FRAME_MS } from '../wire/audio-message.ts';
import { SincResampler } from './sinc-resampler.ts';

const FULL_SCALE = 32_767;

/** Turns a microphone's samples into frames of 20 ms at the wire's rate, and measures how loud they are. */
export class Capture {
  isMuted = false;
  private readonly resampler: SincResampler;
  private readonly frame: Int16Array<ArrayBuffer>;
  private filled = 0;
  private scratch: Float32Array = new Float32Array(0);
  private peak = 0;

  /** @param onFrame called with each whole frame, which the callee may keep */
  constructor(
    deviceHz: number,
    wireHz: number,
    private readonly onFrame: (frame: Int16Array<ArrayBuffer>) => void,
  ) {
    this.resampler = new SincResampler(deviceHz, wireHz);
    this.frame = new Int16Array((FRAME_MS * wireHz) / 1000);
  }

  /** Takes the microphone's next samples, from -1 to 1; zeros go on the wire while muted. */
  push(samples: Float32Array): void {
    for (const sample of samples) this.peak = Math.max(this.peak, Math.abs(sample));
    const most = this.resampler.outputsFor(samples.length);
    if (this.scratch.length < most) this.scratch = new Float32Array(most);
    const count = this.resampler.process(samples, this.scratch);
    for (let index = 0; index < count; index += 1) {
      const sample = this.isMuted ? 0 : (this.scratch[index] as number);
      this.frame[this.filled] = Math.max(-1, Math.min(1, sample)) * FULL_SCALE;
      this.filled += 1;
      if (this.filled < this.frame.length) continue;
      this.filled = 0;
      this.onFrame(this.frame.slice());
    }
  }

  /** Returns the loudest sample since the last call, from 0 to 1. */
  takeLevel(): number {
    const { peak } = this;
    this.peak = 0;
    return peak;
  }
}
