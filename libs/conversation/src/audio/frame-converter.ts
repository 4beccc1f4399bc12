import type { AudioFormat } from '@tandem/contracts';
import { AudioFrame } from './audio-frame.ts';
import { createResampler, type Resampler } from './resampler.ts';
import { SAMPLE_CODECS, type SampleCodec } from './sample-codec.ts';

/** Samples that are decoded at a time. */
const BLOCK = 480;

// Scratch memory of all converters: a conversion is one synchronous call.
const decoded = new Int16Array(BLOCK);
let converted = new Int16Array(3 * BLOCK + 1);

/**
 * Turns the frames of one stream into another format. Frames may have any length and need not end with a
 * whole sample; the parts of a sound join without a seam.
 */
export class FrameConverter {
  private readonly source: SampleCodec;
  private readonly target: SampleCodec;
  private readonly resampler: Resampler;
  /** Samples of output that are dropped at the start of each sound. */
  private readonly lead: number;
  private toDrop: number;
  /** The first byte of a sample whose second has not come; null for none. */
  private half: number | null = null;

  /**
   * @param isAligned drops the resampler's lag at the start of each sound, so that a position in ms is the
   * same on both sides once `flush` has added the end. Without it each frame converts to its own length, and
   * all of them lag.
   */
  constructor(from: AudioFormat, to: AudioFormat, { isAligned }: { readonly isAligned: boolean }) {
    this.source = SAMPLE_CODECS[from.encoding];
    this.target = SAMPLE_CODECS[to.encoding];
    this.resampler = createResampler(from.rateHz, to.rateHz);
    this.lead = isAligned ? this.resampler.delaySamples : 0;
    this.toDrop = this.lead;
  }

  /** Returns the audio that this frame completes; null for none. */
  convert(frame: AudioFrame): AudioFrame | null {
    const bytes = this.wholeSamples(frame.bytes);
    const count = Math.floor(bytes.byteLength / this.source.bytesPerSample);
    const dropped = Math.min(this.toDrop, this.resampler.countFor(count));
    const length = this.resampler.countFor(count) - dropped;
    const output = Buffer.allocUnsafe(length * this.target.bytesPerSample);
    let at = 0;
    for (let done = 0; done < count; done += BLOCK) {
      const part = Math.min(BLOCK, count - done);
      this.source.decode(bytes, done * this.source.bytesPerSample, decoded, part);
      const samples = this.resampler.processInto(decoded, part, roomFor(this.resampler.countFor(part)));
      at = this.put(converted, samples, output, at);
    }
    return length > 0 ? AudioFrame.fromBytes(output) : null;
  }

  /** Ends a sound: returns what is left of it, or null for nothing. The next frame begins a new sound. */
  flush(): AudioFrame | null {
    const tail = this.resampler.flush();
    const length = Math.max(0, tail.length - this.toDrop);
    const output = Buffer.allocUnsafe(length * this.target.bytesPerSample);
    this.put(tail, tail.length, output, 0);
    this.half = null;
    this.toDrop = this.lead;
    return length > 0 ? AudioFrame.fromBytes(output) : null;
  }

  /** Writes samples, less those to be dropped, at `at`. Returns the place behind them. */
  private put(samples: Int16Array, count: number, output: Buffer, at: number): number {
    const dropped = Math.min(this.toDrop, count);
    this.toDrop -= dropped;
    this.target.encode(samples, dropped, count - dropped, output, at);
    return at + (count - dropped) * this.target.bytesPerSample;
  }

  /** Returns the bytes behind the half sample kept from the frame before; keeps the half at their end. */
  private wholeSamples(bytes: Uint8Array): Uint8Array {
    if (this.source.bytesPerSample === 1 || (this.half === null && bytes.byteLength % 2 === 0)) return bytes;
    const joined = this.half === null ? bytes : Buffer.concat([Uint8Array.of(this.half), bytes]);
    this.half = joined.byteLength % 2 === 0 ? null : (joined.at(-1) as number);
    return joined;
  }
}

/** Returns the scratch memory for converted samples, with room for this many. */
function roomFor(samples: number): Int16Array {
  if (converted.length < samples) converted = new Int16Array(samples);
  return converted;
}
