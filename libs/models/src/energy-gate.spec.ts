import { describe, expect, it } from '@jest/globals';
import { PCM16_24K, PCMA_8K, PCMU_8K } from '@tandem/contracts';
import { AudioFrame, encodeMulaw } from '@tandem/conversation';
import { hasVoiceEnergy } from './energy-gate.ts';

const wave = (amplitude: number, length = 160) =>
  Int16Array.from({ length }, (_, index) => Math.round(amplitude * Math.sin(index * 0.41)));
const dbfs = (level: number) => 32_768 * 10 ** (level / 20);
const asText = (bytes: Uint8Array) =>
  AudioFrame.fromBase64(Buffer.from(bytes).toString('base64'), bytes.length);
const aLaw = (sample: number): number => {
  const magnitude = Math.min(4_095, Math.abs(sample) >> 3);
  const segment = magnitude < 32 ? 0 : Math.floor(Math.log2(magnitude)) - 4;
  return ((sample >= 0 ? 0x80 : 0) | (segment << 4) | ((magnitude >> Math.max(1, segment)) & 15)) ^ 0x55;
};

describe('a frame of the caller', () => {
  it.each([
    [-15, true],
    [-20, true],
    [-45, false],
    [-60, false],
  ])('at %i dBFS is audible: %s, in every format', (level, expected) => {
    const samples = wave(dbfs(level));
    const wide = wave(dbfs(level), 480);
    expect(hasVoiceEnergy(asText(encodeMulaw(samples)), PCMU_8K)).toBe(expected);
    expect(hasVoiceEnergy(asText(Uint8Array.from(samples, aLaw)), PCMA_8K)).toBe(expected);
    expect(hasVoiceEnergy(AudioFrame.fromBytes(new Uint8Array(wide.buffer)), PCM16_24K)).toBe(expected);
  });

  it('of pure silence, or of nothing, is not', () => {
    expect(hasVoiceEnergy(asText(new Uint8Array(160).fill(0xff)), PCMU_8K)).toBe(false);
    expect(hasVoiceEnergy(asText(new Uint8Array(160).fill(0xd5)), PCMA_8K)).toBe(false);
    expect(hasVoiceEnergy(asText(new Uint8Array(0)), PCMU_8K)).toBe(false);
  });
});
