/**
 * Band edges as shares of the lower rate, and the depth of the stop band. At 8 kHz the filter is flat to
 * 3.4 kHz, the telephone band, and what would alias into it is gone.
 */
const PASS_EDGE = 0.425;
const STOP_EDGE = 0.575;
const STOP_DB = 80;

/**
 * Changes the sample rate of one stream of mono audio with a Kaiser-windowed sinc, cut into one short filter
 * for each phase. Chunks of any length join without a seam. Works in place of the memory it is given: after
 * the first calls it allocates nothing.
 */
export class SincResampler {
  /** Lag of the output in seconds: half the filter's length. */
  readonly delayS: number;
  private readonly up: number;
  private readonly down: number;
  private readonly phases: readonly Float32Array[];
  private readonly taps: number;
  /** The newest input samples, oldest first: those the filter still needs, then the new ones. */
  private line: Float32Array;
  /** Place of the next output between input samples, in steps of one input sample over `up`. */
  private cursor = 0;

  constructor(fromHz: number, toHz: number) {
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.up = toHz / divisor;
    this.down = fromHz / divisor;
    const innerHz = fromHz * this.up;
    const lowerHz = Math.min(fromHz, toHz);
    const transition = (2 * Math.PI * (STOP_EDGE - PASS_EDGE) * lowerHz) / innerHz;
    const order = (STOP_DB - 7.95) / (2.285 * transition); // Kaiser's estimate.
    this.taps = fromHz === toHz ? 1 : Math.ceil((order + 1) / this.up);
    const centre = (this.taps * this.up - 1) / 2;
    this.delayS = centre / innerHz;
    this.phases = phasesOf(this.up, this.taps, ((PASS_EDGE + STOP_EDGE) / 2) * (lowerHz / innerHz));
    this.line = new Float32Array(this.taps - 1);
  }

  /** Returns how many input samples {@link process} needs to return at least `outputs` samples. */
  inputsFor(outputs: number): number {
    return outputs <= 0 ? 0 : Math.floor(((outputs - 1) * this.down + this.cursor) / this.up) + 1;
  }

  /** Returns how many samples {@link process} returns for this many input samples. */
  outputsFor(inputs: number): number {
    return Math.max(0, Math.ceil((inputs * this.up - this.cursor) / this.down));
  }

  /** Writes what `input` completes into `output`, which has room for it, and returns how many samples. */
  process(input: Float32Array, output: Float32Array): number {
    const { up, down, taps } = this;
    const kept = taps - 1;
    if (this.line.length < kept + input.length) {
      const longer = new Float32Array(kept + input.length);
      longer.set(this.line.subarray(0, kept));
      this.line = longer;
    }
    const { line } = this;
    line.set(input, kept);
    const count = this.outputsFor(input.length);
    let position = this.cursor;
    for (let index = 0; index < count; index += 1, position += down) {
      const phase = this.phases[position % up] as Float32Array;
      const start = Math.floor(position / up);
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) sum += (line[start + tap] as number) * (phase[tap] as number);
      output[index] = sum;
    }
    this.cursor = position - input.length * up;
    line.copyWithin(0, input.length, input.length + kept);
    return count;
  }
}

function phasesOf(up: number, taps: number, cutoff: number): Float32Array[] {
  const centre = (taps * up - 1) / 2;
  const beta = 0.1102 * (STOP_DB - 8.7);
  const whole = Float64Array.from({ length: taps * up }, (_, index) => {
    const distance = index - centre;
    const edge = centre === 0 ? 0 : distance / centre;
    return sinc(2 * cutoff * distance) * (bessel0(beta * Math.sqrt(1 - edge * edge)) / bessel0(beta));
  });
  return Array.from({ length: up }, (_, phase) => {
    const filter = Float64Array.from(
      { length: taps },
      (__, tap) => whole[(taps - 1 - tap) * up + phase] ?? 0,
    );
    // Phases of unequal gain at 0 Hz would turn a constant offset into a tone.
    const gain = filter.reduce((sum, tap) => sum + tap, 0);
    return Float32Array.from(filter, (tap) => tap / gain);
  });
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
