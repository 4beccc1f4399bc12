import { designFilter, type PolyphaseFilter } from './polyphase-filter.ts';

/**
 * Samples per second. Telephone lines have 8,000, recognisers 16,000, espeak-ng 22,050, voice models 24,000,
 * music mostly 44,100.
 */
export type SampleRateHz = number;

/**
 * Changes the sample rate of one stream of signed 16-bit mono audio. It keeps the tail of its input, so
 * chunks of any length join without a seam; the output lags the input by {@link delayMs}.
 */
export interface Resampler {
  /** Lag of the output: half the filter's length. */
  readonly delayMs: number;
  /** The same in output samples, rounded. */
  readonly delaySamples: number;
  /**
   * Returns the output completed by `input`; over a whole stream `toHz / fromHz` samples per input sample.
   */
  process(input: Int16Array): Int16Array<ArrayBuffer>;
  /** Returns how many samples of output `inputs` more samples of input complete. */
  countFor(inputs: number): number;
  /**
   * The same as `process` without new memory: reads the first `count` samples of `input` and writes to the
   * start of `output`, which has room for `countFor(count)`. Returns how many samples it wrote.
   */
  processInto(input: Int16Array, count: number, output: Int16Array): number;
  /** Returns the rest, as if silence followed; the resampler then starts afresh. */
  flush(): Int16Array<ArrayBuffer>;
}

/** Input samples that are worked on at a time: 20 ms of a voice model. */
const BLOCK = 480;

const filters = new Map<string, PolyphaseFilter>();

/** Returns a resampler with its own state; the filter is computed once for each pair of rates. */
export function createResampler(fromHz: SampleRateHz, toHz: SampleRateHz): Resampler {
  if (fromHz === toHz) return new Passage();
  const key = `${fromHz}-${toHz}`;
  let filter = filters.get(key);
  if (!filter) filters.set(key, (filter = designFilter(fromHz, toHz)));
  return new PolyphaseResampler(filter);
}

class PolyphaseResampler implements Resampler {
  readonly delayMs: number;
  readonly delaySamples: number;
  /** The last `tapsPerPhase - 1` input samples, then room for a block. */
  private readonly line: Float64Array;
  private readonly kept: number;
  /** Position of the next output on the inner time line, counted from the newest kept sample. */
  private cursor = 0;
  private readonly filter: PolyphaseFilter;

  constructor(filter: PolyphaseFilter) {
    this.filter = filter;
    this.delayMs = filter.delayMs;
    this.delaySamples = filter.delayOut;
    this.kept = filter.tapsPerPhase - 1;
    this.line = new Float64Array(this.kept + BLOCK);
  }

  process(input: Int16Array): Int16Array<ArrayBuffer> {
    const output = new Int16Array(this.countFor(input.length));
    this.processInto(input, input.length, output);
    return output;
  }

  countFor(inputs: number): number {
    const { up, down } = this.filter;
    return Math.max(0, Math.ceil((inputs * up - this.cursor) / down));
  }

  processInto(input: Int16Array, count: number, output: Int16Array): number {
    let written = 0;
    for (let from = 0; from < count; from += BLOCK)
      written = this.block(input, from, Math.min(BLOCK, count - from), output, written);
    return written;
  }

  flush(): Int16Array<ArrayBuffer> {
    const { up, down, delayOut } = this.filter;
    const tail = this.process(new Int16Array(Math.ceil((delayOut * down) / up))).slice(0, delayOut);
    this.line.fill(0);
    this.cursor = 0;
    return tail;
  }

  /** Writes behind the first `written` samples of `output`. Returns how many there are then. */
  private block(input: Int16Array, from: number, count: number, output: Int16Array, written: number): number {
    const { line, kept } = this;
    const { up, down, phases } = this.filter;
    for (let index = 0; index < count; index += 1) line[kept + index] = input[from + index] as number;
    const available = count * up;
    const stride = Math.floor(down / up);
    const phaseStride = down % up;
    let position = this.cursor;
    let start = Math.floor(position / up);
    let phase = position % up;
    let end = written;
    for (; position < available; position += down) {
      output[end] = toInt16(convolve(line, start, phases[phase] as Float64Array));
      end += 1;
      start += stride;
      phase += phaseStride;
      if (phase >= up) {
        phase -= up;
        start += 1;
      }
    }
    this.cursor = position - available;
    line.copyWithin(0, count, count + kept);
    return end;
  }
}

/** Four sums: one would make each addition wait for the one before it. */
function convolve(line: Float64Array, start: number, taps: Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let tap = 0, at = start; tap < taps.length; tap += 4, at += 4) {
    a += (line[at] as number) * (taps[tap] as number);
    b += (line[at + 1] as number) * (taps[tap + 1] as number);
    c += (line[at + 2] as number) * (taps[tap + 2] as number);
    d += (line[at + 3] as number) * (taps[tap + 3] as number);
  }
  return a + b + (c + d);
}

class Passage implements Resampler {
  readonly delayMs = 0;
  readonly delaySamples = 0;

  process(input: Int16Array): Int16Array<ArrayBuffer> {
    return new Int16Array(input);
  }

  countFor(inputs: number): number {
    return inputs;
  }

  processInto(input: Int16Array, count: number, output: Int16Array): number {
    for (let index = 0; index < count; index += 1) output[index] = input[index] as number;
    return count;
  }

  flush(): Int16Array<ArrayBuffer> {
    return new Int16Array(0);
  }
}

/** Rounds to the nearest sample, up from a half, and clips. */
function toInt16(value: number): number {
  if (value >= 32_766.5) return 32_767;
  if (value < -32_767.5) return -32_768;
  return ((value + 32_768.5) | 0) - 32_768;
}
