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
  /**
   * Returns the output completed by `input`; over a whole stream `toHz / fromHz` samples per input sample.
   */
  process(input: Int16Array): Int16Array<ArrayBuffer>;
  /** Returns the rest, as if silence followed; the resampler then starts afresh. */
  flush(): Int16Array<ArrayBuffer>;
}

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
  private readonly filter: PolyphaseFilter;
  /** The last `tapsPerPhase - 1` input samples. */
  private line: Float64Array;
  /** Position of the next output on the inner time line, counted from the newest kept sample. */
  private cursor = 0;

  constructor(filter: PolyphaseFilter) {
    this.filter = filter;
    this.delayMs = filter.delayMs;
    this.line = new Float64Array(filter.tapsPerPhase - 1);
  }

  process(input: Int16Array): Int16Array<ArrayBuffer> {
    const { up, down, phases, tapsPerPhase } = this.filter;
    const kept = tapsPerPhase - 1;
    const line = new Float64Array(kept + input.length);
    line.set(this.line);
    line.set(input, kept);
    const available = input.length * up;
    const count = Math.max(0, Math.ceil((available - this.cursor) / down));
    const output = new Int16Array(count);
    let position = this.cursor;
    for (let index = 0; index < count; index += 1, position += down) {
      const start = Math.floor(position / up);
      output[index] = toInt16(convolve(line, start, phases[position % up] as Float64Array));
    }
    this.cursor = position - available;
    this.line = line.slice(line.length - kept);
    return output;
  }

  flush(): Int16Array<ArrayBuffer> {
    const { up, down, delayOut, tapsPerPhase } = this.filter;
    const tail = this.process(new Int16Array(Math.ceil((delayOut * down) / up))).slice(0, delayOut);
    this.line = new Float64Array(tapsPerPhase - 1);
    this.cursor = 0;
    return tail;
  }
}

function convolve(line: Float64Array, start: number, taps: Float64Array): number {
  let sum = 0;
  for (let tap = 0; tap < taps.length; tap += 1) sum += (line[start + tap] as number) * (taps[tap] as number);
  return sum;
}

class Passage implements Resampler {
  readonly delayMs = 0;

  process(input: Int16Array): Int16Array<ArrayBuffer> {
    return new Int16Array(input);
  }

  flush(): Int16Array<ArrayBuffer> {
    return new Int16Array(0);
  }
}

function toInt16(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
}
