/**
 * G.711 µ-law (ITU-T G.711, table 2; Sun's 16-bit reference `g711.c`): 8 kHz telephone audio at one byte a
 * sample. Linear samples are signed 16 bit; the lowest two bits carry nothing at the quietest segment.
 */

/** Added to the magnitude so that every segment begins at a power of two. */
const BIAS = 0x84;
/** Largest magnitude that still fits the highest segment after the bias. */
const CLIP = 32_635;

/** The code of digital silence. */
export const MULAW_SILENCE = 0xff;

const DECODED = new Int16Array(256).map((_, code) => expand(code));
/** Indexed by the sample's unsigned 16-bit pattern. */
const ENCODED = new Uint8Array(65_536).map((_, pattern) => compress((pattern << 16) >> 16));

function expand(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + BIAS) << ((inverted & 0x70) >> 4)) - BIAS;
  return inverted & 0x80 ? -magnitude : magnitude;
}

function compress(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const biased = Math.min(Math.abs(sample), CLIP) + BIAS;
  const segment = 24 - Math.clz32(biased);
  const mantissa = (biased >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | mantissa) & 0xff;
}

/** Samples by code, and codes by a sample's unsigned 16-bit pattern. */
export const MULAW_TABLES = { decoded: DECODED, encoded: ENCODED } as const;

export function decodeMulaw(codes: Uint8Array): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(codes.length);
  for (let index = 0; index < codes.length; index += 1)
    samples[index] = DECODED[codes[index] as number] as number;
  return samples;
}

export function encodeMulaw(samples: Int16Array): Uint8Array<ArrayBuffer> {
  const codes = new Uint8Array(samples.length);
  for (let index = 0; index < samples.length; index += 1)
    codes[index] = ENCODED[(samples[index] as number) & 0xffff] as number;
  return codes;
}
