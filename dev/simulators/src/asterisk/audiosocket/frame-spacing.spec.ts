import { describe, expect, it } from '@jest/globals';
import { FrameSpacing } from './frame-spacing.ts';

function spacing(arrivalsMs: readonly number[]) {
  const made = new FrameSpacing();
  for (const atMs of arrivalsMs) made.add(atMs, 20);
  return made.report();
}

describe('the spacing of frames', () => {
  it('is unknown without two frames', () => {
    expect(spacing([])).toMatchObject({ frames: 0, p50Ms: null, longestMs: null, aheadMs: 0 });
    expect(spacing([5])).toMatchObject({ frames: 1, p50Ms: null });
  });

  it('is told in percentiles', () => {
    const arrivals = Array.from({ length: 100 }, (_, index) => index * 20);
    expect(spacing([...arrivals, 2_100])).toMatchObject({ p50Ms: 20, p95Ms: 20, p99Ms: 20, longestMs: 120 });
  });

  it('shows how far the frames ran ahead of real time', () => {
    expect(spacing([0, 20, 40]).aheadMs).toBe(0);
    expect(spacing([0, 0, 0]).aheadMs).toBe(40);
    expect(spacing([0, 0, 0, 200, 220]).aheadMs).toBe(40);
  });
});
