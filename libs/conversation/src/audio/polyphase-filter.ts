/**
 * Band edges as shares of the lower rate. At 8 kHz the filter is flat to 3.4 kHz, the telephone band, and
 * removes everything above 4.6 kHz, so no alias falls into that band.
 */
const PASS_EDGE = 0.425;
const STOP_EDGE = 0.575;
/** Images and aliases stay below the 14 significant bits of G.711. */
const STOP_DB = 84;

/** A low-pass filter between two sample rates, cut into one short filter for each phase. */
export interface PolyphaseFilter {
  readonly up: number;
  readonly down: number;
  /** Coefficients of each phase, newest input sample last. */
  readonly phases: readonly Float64Array[];
  /** A multiple of four. */
  readonly tapsPerPhase: number;
  /** Lag of the filter, in output samples. */
  readonly delayOut: number;
  readonly delayMs: number;
}

/** Returns a Kaiser-windowed sinc at the least common multiple of both rates, cut into phases. */
export function designFilter(fromHz: number, toHz: number): PolyphaseFilter {
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const up = toHz / divisor;
  const down = fromHz / divisor;
  const innerHz = fromHz * up;
  const lowerHz = Math.min(fromHz, toHz);
  const transition = (2 * Math.PI * (STOP_EDGE - PASS_EDGE) * lowerHz) / innerHz;
  const wanted = (STOP_DB - 7.95) / (2.285 * transition); // Kaiser's estimate of the order.
  // A multiple of four: the resampler multiplies four at a time.
  const tapsPerPhase = 4 * Math.ceil((wanted + 1) / up / 4);
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
