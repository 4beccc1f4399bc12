import { describe, expect, it } from '@jest/globals';
import { PCM16_16K, PCM16_8K, PCMA_8K, PCMU_8K, type AudioFormat } from '@tandem/contracts';
import { AudioFrame } from './audio-frame.ts';
import { encodeSamples } from './encode-samples.ts';
import { isAudible } from './loudness.ts';
import { SILENCE_BYTE } from './silence.ts';

/** 20 ms of a tone of 400 Hz, mean magnitude 64 % of its amplitude. */
function tone(amplitude: number, { encoding, rateHz }: AudioFormat): AudioFrame {
  const samples = Int16Array.from({ length: rateHz / 50 }, (_, at) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * 400 * at) / rateHz)),
  );
  return AudioFrame.fromBytes(encodeSamples(samples, encoding));
}

describe.each([PCMU_8K, PCMA_8K, PCM16_8K, PCM16_16K])('a frame, $encoding at $rateHz Hz', (format) => {
  it('is audible from the level of a quiet voice on', () => {
    expect(isAudible(tone(440, format), format)).toBe(true);
    expect(isAudible(tone(20_000, format), format)).toBe(true);
  });

  it('is not audible below it', () => {
    expect(isAudible(tone(380, format), format)).toBe(false);
    const silence = new Uint8Array(160).fill(SILENCE_BYTE[format.encoding]);
    expect(isAudible(AudioFrame.fromBytes(silence), format)).toBe(false);
    expect(isAudible(AudioFrame.fromBytes(new Uint8Array(0)), format)).toBe(false);
  });
});
