import { describe, expect, it } from '@jest/globals';
import { decodeAudio, encodeAudio } from './wire-audio.ts';

describe('audio on the wire', () => {
  it('of 16 bits is little-endian and loses nothing', () => {
    const samples = Int16Array.of(0, 1, -1, 256, 32_767, -32_768);
    const bytes = new Uint8Array(12);
    encodeAudio(samples, { encoding: 'pcm16', rateHz: 16000 }, bytes, 0);
    expect([...bytes.subarray(6, 8)]).toEqual([0, 1]);
    expect(decodeAudio(bytes, { encoding: 'pcm16', rateHz: 16000 })).toEqual(samples);
  });

  it('of G.711 has the codes of the standard, and each code survives', () => {
    const format = { encoding: 'pcmu', rateHz: 8000 } as const;
    // ITU-T G.711, table 2a: the extremes, the smallest step, and silence.
    const known = Int16Array.of(32_124, -32_124, 8, 0);
    const bytes = new Uint8Array(4);
    encodeAudio(known, format, bytes, 0);
    expect([...bytes]).toEqual([0x80, 0x00, 0xfe, 0xff]);
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code).filter((code) => code !== 0x7f);
    const again = new Uint8Array(codes.length);
    encodeAudio(decodeAudio(codes, format), format, again, 0);
    expect(again).toEqual(codes);
  });
});
