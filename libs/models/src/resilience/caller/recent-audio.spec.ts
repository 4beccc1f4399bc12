import { describe, expect, it } from '@jest/globals';
import { AudioFrame } from '@tandem/conversation';
import { RecentAudio } from './recent-audio.ts';

/** Every byte is its position modulo 251. */
function counting(start: number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (start + index) % 251));
}

function pushed(audio: RecentAudio, bytes: number, frameBytes: number): void {
  for (let left = bytes; left > 0; left -= frameBytes) {
    const frame = counting(audio.end, Math.min(left, frameBytes));
    audio.push(
      left % 2 === 0
        ? AudioFrame.fromBytes(frame)
        : AudioFrame.fromBase64(frame.toString('base64'), frame.length),
    );
  }
}

function isWhole(audio: RecentAudio): boolean {
  return Buffer.concat(audio.frames(160).map(({ bytes }) => bytes)).equals(
    counting(audio.start, audio.end - audio.start),
  );
}

describe('the latest audio of a stream', () => {
  it('is what was pushed and not dropped, after many rounds of the ring', () => {
    const audio = new RecentAudio(80_000);
    for (let round = 0; round < 200; round += 1) {
      pushed(audio, 4_801, 157);
      expect(isWhole(audio)).toBe(true);
      audio.forget(audio.end - 3_000);
      expect(audio.end - audio.start).toBe(3_000);
    }
  });

  it('grows up to its bound, then keeps the newest', () => {
    const audio = new RecentAudio(20_000);
    for (let round = 0; round < 50; round += 1) {
      pushed(audio, 1_237, 160);
      expect(audio.start).toBe(Math.max(0, audio.end - 20_000));
      expect(audio.droppedBytes).toBe(audio.start);
      expect(isWhole(audio)).toBe(true);
    }
  });

  it('cannot drop what has not come', () => {
    const audio = new RecentAudio(20_000);
    pushed(audio, 500, 160);
    audio.forget(10_000);
    pushed(audio, 160, 160);
    expect([audio.start, audio.end]).toEqual([500, 660]);
  });
});
