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

/**
 * Band edges as shares of the lower rate. At 8 kHz the filter is flat to 3.4 kHz, the telephone band, and
 * removes everything above 4.6 kHz, so no alias falls into that band.
 */
const PASS_EDGE = 0.425;
const STOP_EDGE = 0.575;
/** Images and aliases stay below the 14 significant bits of G.711. */
const STOP_DB = 84;

const filters = new Map<string, PolyphaseFilter>();

/** Returns a resampler with its own state; the filter is computed once for each pair of rates. */
export function createResampler(fromHz: SampleRateHz, toHz: SampleRateHz): Resampler {
  if (fromHz === toHz) return new Passage();
  const key = `${fromHz}-${toHz}`;
  let filter = filters.get(key);
  if (!filter) filters.set(key, (filter = designFilter(fromHz, toHz)));
  return new PolyphaseResampler(filter);
}

interface PolyphaseFilter {
  readonly up: number;
  readonly down: number;
  /** Coefficients of each phase, newest input sample last. */
  readonly phases: readonly Float64Array[];
  readonly tapsPerPhase: number;
  /** Lag of the filter, in output samples. */
  readonly delayOut: number;
  readonly delayMs: number;
}

/** Kaiser-windowed sinc at the least common multiple of both rates, cut into phases. */
function designFilter(fromHz: number, toHz: number): PolyphaseFilter {
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const up = toHz / divisor;
  const down = fromHz / divisor;
  const innerHz = fromHz * up;
  const lowerHz = Math.min(fromHz, toHz);
  const transition = (2 * Math.PI * (STOP_EDGE - PASS_EDGE) * lowerHz) / innerHz;
  const wanted = (STOP_DB - 7.95) / (2.285 * transition); // Kaiser's estimate of the order.
  const tapsPerPhase = Math.ceil((wanted + 1) / up);
  const length = tapsPerPhase * up;
  const beta = 0.1102 * (STOP_DB - 8.7);
  const cutoff = ((PASS_EDGE + STOP_EDGE) / 2) * (lowerHz / innerHz);
  const centre = (length - 1) / 2;
  const taps = Float64Array.from({ length }, (_, index) => {
    const distance = index - centre;
    const window = bessel0(beta * Math.sqrt(1 - (distance / centre) ** 2)) / bessel0(beta);
    return up * 2 * cutoff * sinc(2 * cutoff * distance) * window;
  });
  const phases = Array.from({ length: up }, (_, phase) =>
    unityGain(
      Float64Array.from(
        { length: tapsPerPhase },
        (__, tap) => taps[(tapsPerPhase - 1 - tap) * up + phase] as number,
      ),
    ),
  );
  return {
    up,
    down,
    phases,
    tapsPerPhase,
    delayOut: Math.round(centre / down),
    delayMs: (centre / innerHz) * 1000,
  };
}

/** Phases of unequal gain at 0 Hz would turn a constant offset into a tone. */
function unityGain(phase: Float64Array): Float64Array {
  const gain = phase.reduce((sum, tap) => sum + tap, 0);
  return phase.map((tap) => tap / gain);
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

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Modified Bessel function of the first kind, order zero, by its power series. */
function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
