import type { AudioFormat } from '@tandem/contracts';
import type { AudioFrame } from '@tandem/conversation';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** A G.711 sample from this segment on, or a PCM16 sample from this magnitude on, is louder than -30 dBFS. */
const LOUD_SEGMENT = 3;
const LOUD_SAMPLE = 1_000;
/** One group of four characters in eight is examined: every 24th sample. */
const STRIDE = 32;
const LOUD_SAMPLES = 2;

/**
 * A character at the start of each group of four holds the sign, the segment and the top of the mantissa of a
 * G.711 sample, so loudness shows without decoding a frame that came as base64.
 */
function loudCharacters(mask: number): Uint8Array {
  const table = new Uint8Array(128);
  for (let value = 0; value < 64; value += 1)
    table[ALPHABET.charCodeAt(value)] = (((value ^ mask) >> 2) & 7) >= LOUD_SEGMENT ? 1 : 0;
  return table;
}

/** µ-law inverts all bits, A-law every second one. */
const MULAW = loudCharacters(0x3f);
const ALAW = loudCharacters(0x15);

/** Returns whether the frame may hold speech: a guess from a few samples, without decoding. */
export function hasVoiceEnergy(frame: AudioFrame, { encoding }: AudioFormat): boolean {
  let loud = 0;
  if (encoding === 'pcm16') {
    const { bytes } = frame;
    for (let index = 1; index < bytes.length && loud < LOUD_SAMPLES; index += STRIDE) {
      const sample = ((((bytes[index] as number) << 8) | (bytes[index - 1] as number)) << 16) >> 16;
      if (Math.abs(sample) >= LOUD_SAMPLE) loud += 1;
    }
    return loud >= LOUD_SAMPLES;
  }
  const { base64 } = frame;
  const table = encoding === 'pcmu' ? MULAW : ALAW;
  for (let index = 0; index < base64.length && loud < LOUD_SAMPLES; index += STRIDE)
    loud += table[base64.charCodeAt(index)] as number;
  return loud >= LOUD_SAMPLES;
}
