import { describe, expect, it } from '@jest/globals';
import { StampedVoice } from './stamped-voice.ts';

const voice = new StampedVoice();
const one = voice.speak('one', 100);
const two = voice.speak('two', 60);
const heard = (...audio: Uint8Array[]) =>
  voice.hear(Buffer.concat(audio)).map(({ text, frames, total }) => `${text} ${frames}/${total}`);

describe('machine-readable speech', () => {
  it('is recognised in one stretch of audio, with or without silence in between', () => {
    expect(heard(one, two, new Uint8Array(500).fill(0xff), one)).toEqual(['one 5/5', 'two 3/3', 'one 5/5']);
  });

  it('is recognised from any part of it', () => {
    expect(heard(one.subarray(200, 700))).toEqual(['one 3/5']);
  });

  it('counts twice when it starts again', () => {
    expect(heard(one.subarray(0, 320), one)).toEqual(['one 2/5', 'one 5/5']);
  });

  it('ignores stamps of another voice', () => {
    expect(new StampedVoice().hear(one)).toEqual([]);
  });
});
