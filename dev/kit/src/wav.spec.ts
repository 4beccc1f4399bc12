import { describe, expect, it } from '@jest/globals';
import { decodeMulaw, encodeMulaw, mulawTone } from './g711.ts';
import { readWav, stereoMulawWav, WavError, wavToMulaw, writeWav } from './wav.ts';

const samples = Int16Array.from([0, 1, -1, 32_767, -32_768]);

/** A WAV file whose header fields are set one by one. */
function wav(
  format: { encoding: number; channels: number; rate: number; bits: number },
  data: Uint8Array,
): Buffer {
  const file = writeWav({ samples: new Int16Array(0), rateHz: format.rate });
  file.writeUInt16LE(format.encoding, 20);
  file.writeUInt16LE(format.channels, 22);
  file.writeUInt16LE(format.bits, 34);
  file.writeUInt32LE(data.length, 40);
  return Buffer.concat([file, data]);
}

const pcm16 = (values: readonly number[]) => Buffer.from(Int16Array.from(values).buffer);

describe('reading WAV files', () => {
  it('returns what was written', () => {
    expect(readWav(writeWav({ samples, rateHz: 16_000 }))).toEqual({ samples, rateHz: 16_000 });
  });

  it('works at any offset of a larger buffer', () => {
    const larger = Buffer.concat([Buffer.alloc(3), writeWav({ samples, rateHz: 8_000 })]);
    expect(readWav(larger.subarray(3)).samples).toEqual(samples);
  });

  it('skips chunks of no interest, padded to even length', () => {
    const file = writeWav({ samples, rateHz: 8_000 });
    const list = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
    expect(readWav(Buffer.concat([file.subarray(0, 12), list, file.subarray(12)])).samples).toEqual(samples);
  });

  it('ends a data chunk of unknown length with the file', () => {
    const file = writeWav({ samples, rateHz: 22_050 });
    file.writeUInt32LE(0x7ffff000, 40);
    expect(readWav(file).samples).toEqual(samples);
  });

  it('reads µ-law and 8-bit PCM', () => {
    const tone = mulawTone(300, 40);
    expect(readWav(wav({ encoding: 7, channels: 1, rate: 8000, bits: 8 }, tone)).samples).toEqual(
      decodeMulaw(tone),
    );
    const bytes = Uint8Array.of(128, 129, 0);
    expect([...readWav(wav({ encoding: 1, channels: 1, rate: 8000, bits: 8 }, bytes)).samples]).toEqual([
      0, 256, -32_768,
    ]);
  });

  it('mixes channels down to one', () => {
    const file = wav({ encoding: 1, channels: 2, rate: 8000, bits: 16 }, pcm16([1000, 3000, -400, 400]));
    expect([...readWav(file).samples]).toEqual([2000, 0]);
  });

  it('returns fewer samples of a file cut off anywhere, or refuses it', () => {
    const file = writeWav({ samples, rateHz: 8_000 });
    for (let length = 0; length < file.length; length += 1) {
      let outcome: unknown;
      try {
        outcome = readWav(file.subarray(0, length)).samples.length;
      } catch (error) {
        outcome = error;
      }
      expect(outcome).toEqual(length < 44 ? expect.any(WavError) : Math.floor((length - 44) / 2));
    }
  });

  it.each([
    ['not a WAV at all', Buffer.from('hello, I am an mp3')],
    ['A-law', wav({ encoding: 6, channels: 1, rate: 8000, bits: 8 }, Buffer.alloc(8))],
    ['24 bits', wav({ encoding: 1, channels: 1, rate: 8000, bits: 24 }, Buffer.alloc(9))],
    ['without a channel', wav({ encoding: 1, channels: 0, rate: 8000, bits: 16 }, Buffer.alloc(8))],
    ['of an impossible rate', wav({ encoding: 1, channels: 1, rate: 1, bits: 16 }, Buffer.alloc(8))],
  ])('refuses a file that is %s', (_, file) => {
    expect(() => readWav(file)).toThrow(WavError);
  });
});

describe('WAV files as µ-law', () => {
  it('keep µ-law at 8 kHz as it is', () => {
    const tone = mulawTone(300, 40);
    expect(wavToMulaw(wav({ encoding: 7, channels: 1, rate: 8000, bits: 8 }, tone))).toEqual(tone);
  });

  it('are encoded from PCM', () => {
    expect(wavToMulaw(writeWav({ samples, rateHz: 8000 }))).toEqual(encodeMulaw(samples));
  });

  it.each([16_000, 22_050, 24_000, 44_100, 48_000, 4000])('keep pitch and length from %d Hz', (rateHz) => {
    const tone = Int16Array.from({ length: rateHz / 10 }, (_, index) =>
      Math.round(10_000 * Math.sin((2 * Math.PI * 200 * index) / rateHz)),
    );
    const phone = decodeMulaw(wavToMulaw(writeWav({ samples: tone, rateHz })));
    const crossings = phone.filter((sample, at) => at > 0 && sample >= 0 && (phone[at - 1] ?? 0) < 0);
    expect(phone).toHaveLength(800);
    expect(Math.abs(crossings.length - 20)).toBeLessThanOrEqual(1);
    expect(Math.max(...phone)).toBeGreaterThan(9_000);
  });
});

describe('a stereo recording', () => {
  it('has the two tracks on two channels, the shorter one filled with silence', () => {
    const file = stereoMulawWav([Uint8Array.of(1, 2), Uint8Array.of(3)], [Uint8Array.of(9)]);
    expect([...file.subarray(44)]).toEqual([1, 9, 2, 0xff, 3, 0xff]);
    expect(wavToMulaw(file)).toHaveLength(3);
  });
});
