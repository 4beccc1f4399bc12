import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FRAME_KIND, idOf } from './audiosocket-frames.ts';
import { FrameParser } from './frame-parser.ts';
import { frameOf } from './testing/audiosocket-far-side.ts';

const BAD = 'bad';

/** Returns the frames of the bytes, in hexadecimal, fed to a parser in these chunks. */
function read(...chunks: readonly Uint8Array[]): { said: string[]; isAtBoundary: boolean } {
  const said: string[] = [];
  const parser = new FrameParser({
    onFrame: (frame) => said.push(frame.toString('hex')),
    onBadFrame: () => said.push(BAD),
  });
  for (const chunk of chunks) parser.push(Buffer.from(chunk));
  return { said, isAtBoundary: parser.isAtBoundary };
}

const audio = (value: number, bytes = 320, kind = 0x10) => frameOf(kind, new Uint8Array(bytes).fill(value));
const id = frameOf(
  FRAME_KIND.id,
  Uint8Array.from({ length: 16 }, (_, index) => index),
);
const conversation = [
  id,
  audio(1),
  frameOf(FRAME_KIND.digit, Buffer.from('5')),
  audio(2, 640, 0x12),
  frameOf(FRAME_KIND.error, Uint8Array.of(2)),
  frameOf(FRAME_KIND.error, new Uint8Array(0)),
  frameOf(FRAME_KIND.hangUp, new Uint8Array(0)),
  audio(3, 2),
];
const bytes = Buffer.concat(conversation);
const wanted = conversation.map((frame) => frame.toString('hex'));

describe('AudioSocket frames', () => {
  it('are read whole from one chunk', () => {
    expect(read(bytes)).toEqual({ said: wanted, isAtBoundary: true });
  });

  it('are the same when they come byte by byte', () => {
    expect(read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual({
      said: wanted,
      isAtBoundary: true,
    });
  });

  it('are the same at every split', () => {
    for (let at = 0; at <= bytes.length; at += 1)
      expect(read(bytes.subarray(0, at), bytes.subarray(at)).said).toEqual(wanted);
  });

  it('are the same at every pair of splits near the headers', () => {
    for (let first = 0; first < 40; first += 1)
      for (let second = first; second < 40; second += 1)
        expect(
          read(bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)).said,
        ).toEqual(wanted);
  });

  it('belong to the listener: one that is kept does not change', () => {
    const kept: Buffer[] = [];
    const parser = new FrameParser({ onFrame: (frame) => kept.push(frame), onBadFrame: () => undefined });
    for (let at = 0; at < bytes.length; at += 7) parser.push(Buffer.from(bytes.subarray(at, at + 7)));
    expect(kept.map((frame) => frame.toString('hex'))).toEqual(wanted);
  });

  it('begin with a UUID', () => {
    expect(idOf(id)).toBe('00010203-0405-0607-0809-0a0b0c0d0e0f');
  });

  it.each([
    ['of an unknown kind', frameOf(0x42, new Uint8Array(9))],
    ['of an unknown kind, empty', frameOf(0x02, new Uint8Array(0))],
    ['of 65,535 bytes of 8 kHz', frameOf(0x10, new Uint8Array(65_535))],
    ['with half a sample', audio(9, 321)],
    ['without audio', audio(9, 0)],
    ['with a UUID of 15 bytes', frameOf(FRAME_KIND.id, new Uint8Array(15))],
    ['with two digits', frameOf(FRAME_KIND.digit, Buffer.from('12'))],
    ['with a hang-up that has a payload', frameOf(FRAME_KIND.hangUp, new Uint8Array(1))],
    ['with a long error', frameOf(FRAME_KIND.error, new Uint8Array(17))],
  ])('%s are skipped and told, and the next one is right', (_how, frame) => {
    const whole = Buffer.concat([audio(1), frame, audio(2)]);
    const expected = [audio(1).toString('hex'), BAD, audio(2).toString('hex')];
    expect(read(whole).said).toEqual(expected);
    const middle = 323 + Math.floor(frame.length / 2);
    expect(read(whole.subarray(0, middle), whole.subarray(middle)).said).toEqual(expected);
  });

  it('cut off within a frame are not at a boundary', () => {
    for (const cut of [1, 2, 3, 4, 322])
      expect(read(audio(1).subarray(0, cut))).toEqual({ said: [], isAtBoundary: false });
  });

  it('of random bytes never throw, and come out the same however they are cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }),
        (random, sizes) => {
          const chunks: Uint8Array[] = [];
          for (let at = 0, size = 0; at < random.length; at += sizes[size++ % sizes.length] as number)
            chunks.push(random.subarray(at, at + (sizes[size % sizes.length] as number)));
          expect(read(...chunks)).toEqual(read(random));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
