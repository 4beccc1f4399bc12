import { describe, expect, it } from '@jest/globals';
import { parseWav, WavFault, writeWav } from './wav.ts';

const samples = Int16Array.from([0, 1, -1, 32_767, -32_768]);

describe('WAV', () => {
  it('is read as it was written', () => {
    expect(parseWav(writeWav({ samples, rateHz: 16_000 }))).toEqual({ samples, rateHz: 16_000 });
  });

  it('is read at any offset of a larger buffer', () => {
    const wav = writeWav({ samples, rateHz: 8_000 });
    const larger = Buffer.concat([Buffer.alloc(3), wav]);
    expect(parseWav(larger.subarray(3)).samples).toEqual(samples);
  });

  it('may hold chunks of no interest, padded to even length', () => {
    const wav = writeWav({ samples, rateHz: 8_000 });
    const list = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
    expect(parseWav(Buffer.concat([wav.subarray(0, 12), list, wav.subarray(12)])).samples).toEqual(samples);
  });

  it('of unknown length ends with the file', () => {
    const wav = writeWav({ samples, rateHz: 22_050 });
    wav.writeUInt32LE(0x7ffff000, 40);
    expect(parseWav(wav).samples).toEqual(samples);
  });

  it('of two channels gives the first', () => {
    const wav = writeWav({ samples: Int16Array.from([1, 100, 2, 200]), rateHz: 8_000 });
    wav.writeUInt16LE(2, 22);
    expect(parseWav(wav).samples).toEqual(Int16Array.from([1, 2]));
  });

  it('of another coding is refused', () => {
    const wav = writeWav({ samples, rateHz: 8_000 });
    wav.writeUInt16LE(7, 20);
    expect(() => parseWav(wav)).toThrow(/not 16-bit PCM \(coding 7/);
  });

  it('cut off anywhere is read short or refused, never worse', () => {
    const wav = writeWav({ samples, rateHz: 8_000 });
    for (let length = 0; length < wav.length; length += 1) {
      let outcome: unknown;
      try {
        outcome = parseWav(wav.subarray(0, length)).samples.length;
      } catch (error) {
        outcome = error;
      }
      expect(outcome).toEqual(length < 44 ? expect.any(WavFault) : Math.floor((length - 44) / 2));
    }
  });
});
