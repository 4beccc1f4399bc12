import { describe, expect, it } from '@jest/globals';
import { PCM16_16K, PCM16_24K, PCMA_8K, PCMU_8K, type AudioFormat } from '@tandem/contracts';
import fc from 'fast-check';
import { decodeAlaw } from './alaw.ts';
import { builtInTune, lineSound } from './hold-sound.ts';
import { decodeMulaw } from './mulaw.ts';
import { readWav, WavUnreadable, type Pcm } from './wav.ts';

const toLineSound = (pcm: Pcm, volume: number, format: AudioFormat = PCMU_8K) =>
  Buffer.concat([...lineSound(pcm, volume, format)]);

/** A WAV file of tones, one per channel. */
function wav({
  rateHz = 44_100,
  tonesHz = [440],
  seconds = 1,
  bits = 16,
  kind = 1,
  extra = Buffer.alloc(0),
} = {}): Uint8Array {
  const frames = Math.round(rateHz * seconds);
  const data = Buffer.alloc(frames * tonesHz.length * 2);
  for (let frame = 0; frame < frames; frame += 1)
    tonesHz.forEach((hz, channel) =>
      data.writeInt16LE(
        Math.round(16_000 * Math.sin((2 * Math.PI * hz * frame) / rateHz)),
        2 * (frame * tonesHz.length + channel),
      ),
    );
  const header = Buffer.alloc(36);
  header.write('RIFF', 0);
  header.writeUInt32LE(28 + extra.length + 8 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(kind, 20);
  header.writeUInt16LE(tonesHz.length, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * tonesHz.length * 2, 28);
  header.writeUInt16LE(tonesHz.length * 2, 32);
  header.writeUInt16LE(bits, 34);
  const dataHead = Buffer.alloc(8);
  dataHead.write('data', 0);
  dataHead.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, extra, dataHead, data]);
}

/** Returns the amplitude of a tone in the sound. */
function strength(samples: Int16Array, hz: number, rateHz = 8_000): number {
  let re = 0;
  let im = 0;
  samples.forEach((sample, at) => {
    re += sample * Math.cos((2 * Math.PI * hz * at) / rateHz);
    im += sample * Math.sin((2 * Math.PI * hz * at) / rateHz);
  });
  return (2 * Math.hypot(re, im)) / samples.length;
}

describe('wait music', () => {
  it.each([8_000, 11_025, 16_000, 22_050, 44_100, 48_000])(
    'of %i Hz sounds the same on the line, at its volume',
    (rateHz) => {
      const line = decodeMulaw(toLineSound(readWav(wav({ rateHz })), 0.5));
      expect(Math.abs(line.length - 8_000)).toBeLessThan(300);
      expect(strength(line, 440)).toBeGreaterThan(7_000);
      expect(strength(line, 440)).toBeLessThan(8_200);
    },
  );

  it('has the same pitch and volume on an A-law stream', () => {
    const line = decodeAlaw(toLineSound(readWav(wav()), 0.5, PCMA_8K));
    expect(Math.abs(line.length - 8_000)).toBeLessThan(300);
    expect(strength(line, 440)).toBeGreaterThan(7_000);
    expect(strength(line, 440)).toBeLessThan(8_200);
  });

  it.each([PCM16_16K, PCM16_24K])(
    'has the same pitch and volume on a linear stream of $rateHz Hz',
    (format) => {
      const { buffer, byteOffset, byteLength } = toLineSound(readWav(wav()), 0.5, format);
      const line = new Int16Array(buffer.slice(byteOffset, byteOffset + byteLength));
      expect(Math.abs(line.length - format.rateHz)).toBeLessThan(600);
      expect(strength(line, 440, format.rateHz)).toBeGreaterThan(7_000);
      expect(strength(line, 440, format.rateHz)).toBeLessThan(8_200);
    },
  );

  it('is mixed down from its channels', () => {
    const line = decodeMulaw(toLineSound(readWav(wav({ tonesHz: [440, 1_000] })), 1));
    for (const hz of [440, 1_000]) expect(strength(line, hz)).toBeGreaterThan(7_000);
  });

  it('brings nothing folded down from above what the line carries', () => {
    const line = decodeMulaw(toLineSound(readWav(wav({ tonesHz: [7_000] })), 1));
    expect(strength(line, 1_000)).toBeLessThan(20);
  });

  it('may carry other chunks before its data', () => {
    const list = Buffer.concat([Buffer.from('LIST'), Buffer.from([3, 0, 0, 0]), Buffer.from('abc\0')]);
    expect(readWav(wav({ extra: list })).samples).toHaveLength(44_100);
  });

  it('is read to the end of the file when its stated length is not true', () => {
    const file = Buffer.from(wav({ rateHz: 8_000, seconds: 0.1 }));
    file.writeUInt32LE(0x7fff_f000, 40);
    expect(readWav(file).samples).toHaveLength(800);
  });

  it('is there when nobody brought any, and ends where it begins', () => {
    const { samples, rateHz } = builtInTune();
    expect(rateHz).toBe(8_000);
    expect(Math.abs((samples[0] as number) - (samples.at(-1) as number))).toBeLessThan(3_000);
    expect(Math.max(...samples)).toBeGreaterThan(8_000);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['another file', Buffer.from('<html>'.repeat(20))],
    ['24-bit sound', wav({ bits: 24 })],
    ['compressed sound', wav({ kind: 85 })],
    ['an absurd rate', wav({ rateHz: 8_000 }).map((byte, at) => (at >= 24 && at < 28 ? 0xff : byte))],
    ['half a header', wav().slice(0, 30)],
    ['a header without sound', wav().slice(0, 36)],
  ])('is refused with what would do: %s', (_what, file) => {
    expect(() => readWav(file)).toThrow(WavUnreadable);
    expect(() => readWav(file)).toThrow(/16-bit PCM/);
  });

  it('of any bytes is read or refused', () => {
    const bytes = fc
      .uint8Array({ maxLength: 64 })
      .map((tail) => Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), tail]));
    fc.assert(
      fc.property(bytes, (file) => {
        try {
          readWav(file);
        } catch (error) {
          expect(error).toBeInstanceOf(WavUnreadable);
        }
      }),
    );
  });
});
