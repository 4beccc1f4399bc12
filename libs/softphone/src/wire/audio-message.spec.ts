import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { audioMessage, AUDIO_HEADER_BYTES, nextSequence, readAudioMessage } from './audio-message.ts';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

describe('an audio message', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('fromCaller' as const, 'toCaller' as const),
        uint32,
        uint32,
        fc.uint8Array({ minLength: 1, maxLength: 700 }),
        (kind, sequence, sound, audio) => {
          const message = audioMessage(kind, sequence, sound, audio.length);
          message.set(audio, AUDIO_HEADER_BYTES);
          expect(readAudioMessage(message)).toEqual({ kind, sequence, sound, audio });
        },
      ),
    );
  });

  it('is read from within a larger piece of memory', () => {
    const message = audioMessage('toCaller', 3, 4, 2);
    const memory = new Uint8Array(100);
    memory.set(message, 41);
    expect(readAudioMessage(memory.subarray(41, 41 + message.length))).toMatchObject({
      sequence: 3,
      sound: 4,
    });
  });

  it('of no or foreign bytes is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const message = readAudioMessage(bytes);
        expect(message === null).toBe(
          bytes.length <= AUDIO_HEADER_BYTES || (bytes[0] !== 1 && bytes[0] !== 2),
        );
      }),
    );
  });

  it('after the last number is number 0', () => {
    expect([nextSequence(0), nextSequence(0xffff_ffff)]).toEqual([1, 0]);
  });
});
