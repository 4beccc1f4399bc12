// G.711 (ITU-T G.711, tables 1a and 2a): 8 kHz mono, one byte a sample.

export const PHONE_RATE_HZ = 8000;
export const FRAME_MS = 20;
/** 20 ms at 8000 bytes a second. */
export const FRAME_BYTES = 160;
/** µ-law of a zero sample. */
export const MULAW_SILENCE = 0xff;

const BIAS = 0x84;
const CLIP = 32_635;

/** Linear 16-bit value of each µ-law byte. */
export const MULAW_LINEAR = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff;
  const magnitude = (((code & 0x0f) << 3) + BIAS) << ((code >> 4) & 7);
  return code & 0x80 ? BIAS - magnitude : magnitude - BIAS;
});

/** Linear 16-bit value of each A-law byte. */
export const ALAW_LINEAR = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = byte ^ 0x55;
  const segment = (code >> 4) & 7;
  const mantissa = (code & 0x0f) << 4;
  const magnitude = segment === 0 ? mantissa + 8 : (mantissa + 0x108) << (segment - 1);
  return code & 0x80 ? magnitude : -magnitude;
});

/** µ-law byte of each sample, indexed by the sample's unsigned 16-bit pattern. */
const MULAW_CODES = new Uint8Array(65_536).map((_, pattern) => toMulaw((pattern << 16) >> 16));

function toMulaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const segment = 24 - Math.clz32(magnitude);
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) & 0xff;
}

function toAlaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = sample < 0 ? -sample - 1 : sample;
  const segment = Math.max(0, 24 - Math.clz32(magnitude));
  return (sign | (segment << 4) | ((magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f)) ^ 0x55;
}

export function encodeMulaw(samples: Int16Array): Uint8Array {
  const codes = new Uint8Array(samples.length);
  for (let index = 0; index < samples.length; index += 1)
    codes[index] = MULAW_CODES[(samples[index] as number) & 0xffff] as number;
  return codes;
}

export function decodeMulaw(codes: Uint8Array): Int16Array {
  const samples = new Int16Array(codes.length);
  for (let index = 0; index < codes.length; index += 1)
    samples[index] = MULAW_LINEAR[codes[index] as number] as number;
  return samples;
}

export function encodeAlaw(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, toAlaw);
}

/** Returns a steady tone in µ-law, as speech for callers that have no voice. */
export function mulawTone(hz: number, durationMs: number, amplitude = 8000): Uint8Array {
  const samples = new Int16Array(Math.round((durationMs * PHONE_RATE_HZ) / 1000));
  for (let index = 0; index < samples.length; index += 1)
    samples[index] = Math.round(amplitude * Math.sin((2 * Math.PI * hz * index) / PHONE_RATE_HZ));
  return encodeMulaw(samples);
}
