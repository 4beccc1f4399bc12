/**
 * G.711 A-law (ITU-T G.711, table 1; Sun's 16-bit reference `g711.c`): 8 kHz telephone audio at one byte a
 * sample, with the even bits inverted as on the line. Linear samples are signed 16 bit; the lowest three bits
 * carry nothing at the quietest segment.
 */

/** Code of the smallest positive level: A-law has no zero. */
export const ALAW_SILENCE = 0xd5;
/** Inverts the even bits. */
const LINE_MASK = 0x55;

const DECODED = new Int16Array(256).map((_, code) => expand(code));
/** Indexed by the sample's unsigned 16-bit pattern. */
const ENCODED = new Uint8Array(65_536).map((_, pattern) => compress((pattern << 16) >> 16));

function expand(code: number): number {
  const plain = code ^ LINE_MASK;
  const segment = (plain & 0x70) >> 4;
  const mantissa = ((plain & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? mantissa : (mantissa + 0x100) << (segment - 1);
  return plain & 0x80 ? magnitude : -magnitude;
}

function compress(sample: number): number {
  const magnitude = (sample < 0 ? ~sample : sample) >> 3;
  const segment = Math.max(0, 27 - Math.clz32(magnitude));
  const mantissa = (magnitude >> Math.max(1, segment)) & 0x0f;
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | mantissa) ^ LINE_MASK;
}

/** Samples by code, and codes by a sample's unsigned 16-bit pattern. */
export const ALAW_TABLES = { decoded: DECODED, encoded: ENCODED } as const;

export function decodeAlaw(codes: Uint8Array): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(codes.length);
  for (let index = 0; index < codes.length; index += 1)
    samples[index] = DECODED[codes[index] as number] as number;
  return samples;
}

export function encodeAlaw(samples: Int16Array): Uint8Array<ArrayBuffer> {
  const codes = new Uint8Array(samples.length);
  for (let index = 0; index < samples.length; index += 1)
    codes[index] = ENCODED[(samples[index] as number) & 0xffff] as number;
  return codes;
}
