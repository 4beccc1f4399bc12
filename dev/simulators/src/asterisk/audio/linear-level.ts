/** Returns the mean of the absolute sample values of 16-bit little-endian audio, 0 to 32,768. */
export function linearLevel(payload: Buffer): number {
  const samples = payload.length >> 1;
  if (samples === 0) return 0;
  let sum = 0;
  for (let at = 0; at < samples * 2; at += 2) {
    const sample = (((payload[at + 1] as number) << 24) >> 16) | (payload[at] as number);
    sum += sample < 0 ? -sample : sample;
  }
  return sum / samples;
}
