import { MULAW_LINEAR } from '@tandem/kit';

const MAGNITUDES = Uint16Array.from(MULAW_LINEAR, Math.abs);

/**
 * Returns the mean of the absolute sample values, 0 to 32,124; speech is above some hundreds, line noise
 * below a hundred.
 */
export function meanMagnitude(mulaw: Uint8Array, bytes = mulaw.length): number {
  if (bytes === 0) return 0;
  let sum = 0;
  for (let i = 0; i < bytes; i += 1) sum += MAGNITUDES[mulaw[i] as number] as number;
  return sum / bytes;
}
