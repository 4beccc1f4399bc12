import { describe, expect, it } from '@jest/globals';
import { Capture } from './capture.ts';
import { Playback } from './playback.ts';

const QUANTUM = 128;
const FULL = 16_384;

describe.each([
  [48_000, 8_000],
  [44_100, 16_000],
])('playback of a device at %i Hz and a wire at %i Hz', (deviceHz, wireHz) => {
  const given = () => {
    const playback = new Playback(deviceHz, wireHz, QUANTUM);
    const heard: number[] = [];
    const plays = (ms: number) => {
      for (let quanta = Math.round((ms * deviceHz) / 1000 / QUANTUM); quanta > 0; quanta -= 1) {
        const out = new Float32Array(QUANTUM);
        playback.pull(out);
        heard.push(...out);
      }
    };
    const audibleMs = () => (heard.filter((sample) => Math.abs(sample) > 0.25).length * 1000) / deviceHz;
    return { playback, plays, audibleMs };
  };
  const positionMs = (playback: Playback) => ((playback.position()?.samples ?? 0) * 1000) / wireHz;

  it('counts within 5 ms what has left for the device', () => {
    const { playback, plays, audibleMs } = given();
    playback.buffer.push(1, new Int16Array(wireHz).fill(FULL));
    for (let step = 0; step < 12; step += 1) {
      plays(100);
      expect(Math.abs(positionMs(playback) - audibleMs())).toBeLessThan(5);
    }
    expect(positionMs(playback)).toBe(1_000);
  });

  it('counts what is still in the device as not heard', () => {
    const { playback, plays } = given();
    playback.setOutputLatency(0.1);
    playback.buffer.push(1, new Int16Array(wireHz).fill(FULL));
    plays(500);
    expect(Math.abs(positionMs(playback) - 400)).toBeLessThan(8);
    plays(520);
    expect(playback.hasJustFinished).toBe(false);
    plays(100);
    expect(playback.hasJustFinished).toBe(true);
    expect(positionMs(playback)).toBe(1_000);
    expect(playback.hasJustFinished).toBe(false);
  });

  it('and capture make whole frames of 20 ms, zeros while muted, and a level', () => {
    const frames: Int16Array[] = [];
    const capture = new Capture(deviceHz, wireHz, (frame) => frames.push(frame));
    const push = (ms: number) => {
      for (let quanta = Math.ceil((ms * deviceHz) / 1000 / QUANTUM); quanta > 0; quanta -= 1)
        capture.push(new Float32Array(QUANTUM).fill(0.5));
    };
    push(200);
    expect(frames.every(({ length }) => length === wireHz / 50)).toBe(true);
    expect(frames.length).toBeGreaterThanOrEqual(9);
    expect(frames.at(-1)?.at(-1)).toBeCloseTo(FULL, -2);
    expect([capture.takeLevel(), capture.takeLevel()]).toEqual([0.5, 0]);
    capture.isMuted = true;
    push(100);
    expect(new Set(frames.at(-1))).toEqual(new Set([0]));
    expect(capture.takeLevel()).toBe(0.5);
  });
});
