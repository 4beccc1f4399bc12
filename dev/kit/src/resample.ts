/**
 * Zero crossings of the windowed sinc on each side: at 16 → 8 kHz flat to 3.4 kHz, below −60 dB from 4.1 kHz
 * on.
 */
const CROSSINGS = 48;
/** Kaiser window: side lobes near −70 dB. */
const BETA = 7;
/**
 * The middle of the transition band, as a share of the lower rate's half: room for the slope below the fold.
 */
const CUTOFF = 0.94;

/**
 * Changes the rate of whole recordings: a windowed-sinc low-pass evaluated at each output instant. Exact
 * about length (rounded up), not fast: about 200 operations per output sample.
 */
export function resample(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return samples;
  const divisor = gcd(fromHz, toHz);
  const up = toHz / divisor;
  const down = fromHz / divisor;
  const cutoff = CUTOFF * Math.min(1, toHz / fromHz);
  const reach = Math.ceil(CROSSINGS / cutoff);
  const phases = Array.from({ length: up }, (_, phase) => phaseTaps(phase / up, cutoff, reach));
  const output = new Int16Array(Math.ceil((samples.length * up) / down));
  for (let index = 0; index < output.length; index += 1) {
    const position = index * down;
    const centre = Math.floor(position / up);
    output[index] = convolve(samples, centre - reach + 1, phases[position % up] ?? new Float64Array());
  }
  return output;
}

/**
 * Taps for an output instant `fraction` of a sample behind an input sample; they sum to one, so silence and
 * level stay exact.
 */
function phaseTaps(fraction: number, cutoff: number, reach: number): Float64Array {
  const taps = new Float64Array(2 * reach);
  let sum = 0;
  for (let index = 0; index < taps.length; index += 1) {
    const distance = index - reach + 1 - fraction;
    const edge = distance / reach;
    const window = Math.abs(edge) >= 1 ? 0 : besselI0(BETA * Math.sqrt(1 - edge * edge)) / besselI0(BETA);
    const angle = Math.PI * cutoff * distance;
    const tap = window * (angle === 0 ? 1 : Math.sin(angle) / angle);
    taps[index] = tap;
    sum += tap;
  }
  return taps.map((tap) => tap / sum);
}

function convolve(samples: Int16Array, from: number, taps: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < taps.length; index += 1)
    sum += (samples[from + index] ?? 0) * (taps[index] ?? 0);
  return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 50; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
