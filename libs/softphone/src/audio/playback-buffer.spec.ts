import { describe, expect, it } from '@jest/globals';
import { PlaybackBuffer } from './playback-buffer.ts';

const RATE_HZ = 8_000;
const samples = (ms: number, value = 1_000) => new Int16Array((ms * RATE_HZ) / 1000).fill(value);

function given() {
  const buffer = new PlaybackBuffer(RATE_HZ, 2_000);
  /** Pulls for this many ms and returns how many samples were not silent. */
  const plays = (ms: number): number => {
    const out = new Float32Array((ms * RATE_HZ) / 1000);
    buffer.pull(out);
    return out.filter((sample) => sample !== 0).length;
  };
  return { buffer, plays };
}

describe('playback', () => {
  it('starts when 140 ms wait', () => {
    const { buffer, plays } = given();
    buffer.push(1, samples(120));
    expect(plays(20)).toBe(0);
    buffer.push(1, samples(20));
    expect(plays(20)).toBe(160);
  });

  it('of a sound shorter than that starts after 140 ms', () => {
    const { buffer, plays } = given();
    buffer.push(1, samples(20));
    expect([plays(60), plays(60), plays(20), plays(20)]).toEqual([0, 0, 0, 160]);
  });

  it('plays sounds in order without a gap, and says how far it is', () => {
    const { buffer, plays } = given();
    buffer.push(1, samples(100, 1));
    buffer.push(2, samples(100, 2));
    const out = new Float32Array(1_200);
    buffer.pull(out);
    expect([...out].map((sample) => Math.round(sample * 32_768))).toEqual([
      ...samples(100, 1),
      ...samples(50, 2),
    ]);
    expect(buffer.positionAt(buffer.consumedSamples)).toEqual({ sound: 2, samples: 400, ahead: 400 });
    expect(plays(100)).toBe(400);
    expect(buffer.positionAt(buffer.consumedSamples)).toEqual({ sound: 2, samples: 800, ahead: 0 });
  });

  it('counts more of the same sound together, also after a pause', () => {
    const { buffer, plays } = given();
    buffer.push(1, samples(100));
    plays(2_000);
    buffer.push(1, samples(100));
    plays(200);
    expect(buffer.positionAt(buffer.consumedSamples)).toMatchObject({ sound: 1, samples: 1_600 });
  });

  it('says how far it was a while ago', () => {
    const { buffer, plays } = given();
    buffer.push(1, samples(100));
    buffer.push(2, samples(100));
    plays(150);
    expect(buffer.positionAt(0)).toBeNull();
    expect(buffer.positionAt(300)).toEqual({ sound: 1, samples: 300, ahead: 1_300 });
    expect(buffer.positionAt(801)).toEqual({ sound: 2, samples: 1, ahead: 799 });
  });

  it('of more than it holds drops the rest and counts it', () => {
    const { buffer } = given();
    buffer.push(1, samples(3_000));
    expect([buffer.waitingSamples, buffer.dropped]).toEqual([16_000, 8_000]);
  });
});

describe('a late network', () => {
  it('makes the delay longer, up to 200 ms; calm makes it shorter again', () => {
    const { buffer, plays } = given();
    for (let times = 0; times < 6; times += 1) {
      buffer.push(1, samples(200));
      plays(300);
    }
    expect(buffer.underruns).toBe(5);
    expect(buffer.delayMs).toBe(200);
    buffer.push(2, samples(500));
    for (let second = 0; second < 30; second += 1) {
      buffer.push(2, samples(1_000));
      plays(1_000);
    }
    expect(buffer.delayMs).toBeLessThan(200);
  });

  it('is not suspected when another sound comes, or the same one much later', () => {
    const { buffer, plays } = given();
    buffer.push(1, samples(200));
    plays(300);
    buffer.push(2, samples(200));
    plays(1_000);
    buffer.push(2, samples(200));
    expect([buffer.underruns, buffer.delayMs]).toEqual([0, 140]);
  });
});

describe('a clear', () => {
  it('fades what sounds within 10 ms and drops the rest', () => {
    const { buffer } = given();
    buffer.push(1, samples(500, 16_384));
    buffer.pull(new Float32Array(800));
    buffer.clear(10);
    const out = new Float32Array(160);
    buffer.pull(out);
    const fade = [...out.subarray(0, 80)];
    expect(fade).toEqual([...fade].sort((a, b) => b - a));
    expect(fade[0]).toBeLessThan(0.5);
    expect([...out.subarray(80)].every((sample) => sample === 0)).toBe(true);
    expect(buffer.positionAt(buffer.consumedSamples)).toEqual({ sound: 1, samples: 800, ahead: 0 });
  });

  it('does not touch what comes after it, and is no underrun', () => {
    const { buffer, plays } = given();
    buffer.push(1, samples(500));
    plays(100);
    buffer.clear(10);
    buffer.push(2, samples(100));
    expect(plays(10)).toBeGreaterThan(0);
    plays(140);
    expect(plays(200)).toBe(800);
    expect(buffer.positionAt(buffer.consumedSamples)).toMatchObject({ sound: 2, samples: 800 });
    expect(buffer.underruns).toBe(0);
  });
});
