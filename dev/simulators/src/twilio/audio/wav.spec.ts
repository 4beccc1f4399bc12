import { describe, expect, it } from '@jest/globals';
import { decodeMulaw, encodeMulaw, meanMagnitude, mulawTone } from './mulaw.ts';
import { stereoWav, wavToMulaw, WavError } from './wav.ts';

function wav(
  format: { encoding: number; channels: number; rate: number; bits: number },
  data: Buffer,
): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(format.encoding, 20);
  header.writeUInt16LE(format.channels, 22);
  header.writeUInt32LE(format.rate, 24);
  header.writeUInt16LE(format.bits, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

const pcm16 = (samples: readonly number[]) => Buffer.from(Int16Array.from(samples).buffer);

describe('WAV files', () => {
  it('are read as they are when they hold µ-law at 8 kHz', () => {
    const tone = mulawTone(300, 40);
    expect(wavToMulaw(wav({ encoding: 7, channels: 1, rate: 8000, bits: 8 }, Buffer.from(tone)))).toEqual(
      tone,
    );
  });

  it('are read from 16-bit PCM', () => {
    const samples = [0, 1000, -1000, 20_000];
    expect(wavToMulaw(wav({ encoding: 1, channels: 1, rate: 8000, bits: 16 }, pcm16(samples)))).toEqual(
      encodeMulaw(Int16Array.from(samples)),
    );
  });

  it('are mixed down to one channel', () => {
    const mixed = wavToMulaw(
      wav({ encoding: 1, channels: 2, rate: 8000, bits: 16 }, pcm16([1000, 3000, -400, 400])),
    );
    expect(mixed).toEqual(encodeMulaw(Int16Array.of(2000, 0)));
  });

  it.each([16_000, 22_050, 24_000, 44_100, 48_000, 4000])(
    'keep pitch and loudness coming from %d Hz',
    (rate) => {
      const samples = Array.from({ length: rate / 10 }, (_, i) =>
        Math.round(10_000 * Math.sin((2 * Math.PI * 200 * i) / rate)),
      );
      const phone = wavToMulaw(wav({ encoding: 1, channels: 1, rate, bits: 16 }, pcm16(samples)));
      const decoded = decodeMulaw(phone);
      const crossings = decoded.filter(
        (sample, i) => i > 0 && sample >= 0 && (decoded[i - 1] ?? 0) < 0,
      ).length;
      expect(phone.length).toBeGreaterThanOrEqual(798);
      expect(phone.length).toBeLessThanOrEqual(800);
      expect(Math.abs(crossings - 20)).toBeLessThanOrEqual(1);
      expect(meanMagnitude(phone) / (10_000 * (2 / Math.PI))).toBeCloseTo(1, 0);
    },
  );

  it.each([
    ['not a WAV at all', Buffer.from('hello, I am an mp3')],
    ['A-law', wav({ encoding: 6, channels: 1, rate: 8000, bits: 8 }, Buffer.alloc(8))],
    ['24 bits', wav({ encoding: 1, channels: 1, rate: 8000, bits: 24 }, Buffer.alloc(9))],
    ['no channel', wav({ encoding: 1, channels: 0, rate: 8000, bits: 16 }, Buffer.alloc(8))],
    [
      'a cut header',
      wav({ encoding: 1, channels: 1, rate: 8000, bits: 16 }, Buffer.alloc(0)).subarray(0, 30),
    ],
  ])('are refused when they are %s', (_, file) => {
    expect(() => wavToMulaw(file)).toThrow(WavError);
  });

  it('are written with the two sides on two channels, the shorter one filled up', () => {
    const file = stereoWav([Uint8Array.of(1, 2), Uint8Array.of(3)], [Uint8Array.of(9)]);
    expect([...file.subarray(44)]).toEqual([1, 9, 2, 0xff, 3, 0xff]);
    expect(wavToMulaw(file)).toHaveLength(3);
  });
});
