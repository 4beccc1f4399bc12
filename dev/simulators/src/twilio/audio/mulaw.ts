// G.711 µ-law, ITU-T G.711 table 2a; 8 kHz mono, one byte a sample, on every wire of this simulator.

export const SAMPLE_RATE_HZ = 8000;
export const FRAME_MS = 20;
/** 20 ms at 8000 bytes a second. */
export const FRAME_BYTES = 160;
/** µ-law zero. */
export const SILENCE_BYTE = 0xff;

const BIAS = 0x84;
const CLIP = 32_635;

const encodeTable = new Uint8Array(65_536);
const decodeTable = new Int16Array(256);
const magnitudeTable = new Uint16Array(256);

function encodeSample(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

function decodeByte(byte: number): number {
  const inverted = ~byte & 0xff;
  const exponent = (inverted >> 4) & 0x07;
  const magnitude = (((inverted & 0x0f) << 3) + BIAS) << exponent;
  return inverted & 0x80 ? BIAS - magnitude : magnitude - BIAS;
}

for (let sample = -32_768; sample < 32_768; sample += 1) encodeTable[sample & 0xffff] = encodeSample(sample);
for (let byte = 0; byte < 256; byte += 1) {
  decodeTable[byte] = decodeByte(byte);
  magnitudeTable[byte] = Math.abs(decodeByte(byte));
}

export function encodeMulaw(pcm: Int16Array): Uint8Array {
  const mulaw = new Uint8Array(pcm.length);
  for (let i = 0; i < pcm.length; i += 1) mulaw[i] = encodeTable[(pcm[i] ?? 0) & 0xffff] ?? SILENCE_BYTE;
  return mulaw;
}

export function decodeMulaw(mulaw: Uint8Array): Int16Array {
  const pcm = new Int16Array(mulaw.length);
  for (let i = 0; i < mulaw.length; i += 1) pcm[i] = decodeTable[mulaw[i] ?? SILENCE_BYTE] ?? 0;
  return pcm;
}

/**
 * Mean of the absolute sample values, 0 to 32,124; speech is above some hundreds, line noise below a hundred.
 */
export function meanMagnitude(mulaw: Uint8Array, bytes = mulaw.length): number {
  if (bytes === 0) return 0;
  let sum = 0;
  for (let i = 0; i < bytes; i += 1) sum += magnitudeTable[mulaw[i] ?? SILENCE_BYTE] ?? 0;
  return sum / bytes;
}

/** A steady tone, as speech for callers that have no voice. */
export function mulawTone(hz: number, durationMs: number, amplitude = 8000): Uint8Array {
  const pcm = new Int16Array(Math.round((durationMs * SAMPLE_RATE_HZ) / 1000));
  for (let i = 0; i < pcm.length; i += 1)
    pcm[i] = Math.round(amplitude * Math.sin((2 * Math.PI * hz * i) / SAMPLE_RATE_HZ));
  return encodeMulaw(pcm);
}
