import { describe, expect, it } from '@jest/globals';
import type { GridPoint, Ring } from '@tandem/database';
import fc from 'fast-check';
import { openRing, problemOf } from './ring.ts';

const SQUARE: Ring = [
  [0, 0],
  [90, 0],
  [90, 90],
  [0, 90],
];
const HALF_TURN = 180_000_000;

describe('a ring', () => {
  it('is open, and without points that repeat', () => {
    expect(openRing([...SQUARE.slice(0, 2), [90, 0], ...SQUARE.slice(2), [0, 0], [0, 0]])).toEqual(SQUARE);
    expect(
      openRing([
        [1, 1],
        [1, 1],
      ]),
    ).toEqual([[1, 1]]);
    expect(openRing([])).toEqual([]);
  });

  it.each<[string, Ring]>([
    ['three points', SQUARE.slice(0, 2)],
    ['crosses or touches itself', [SQUARE[0]!, SQUARE[2]!, SQUARE[1]!, SQUARE[3]!]],
    [
      'crosses or touches itself',
      [
        [0, 0],
        [90, 0],
        [40, 0],
      ],
    ],
    ['crosses or touches itself', [...SQUARE, [45, 0]]],
    ['crosses or touches itself', [...SQUARE, [90, 45], [0, 45]]],
    [
      '180th meridian',
      [
        [HALF_TURN - 1, 0],
        [1 - HALF_TURN, 0],
        [1 - HALF_TURN, 50],
      ],
    ],
    [
      'wider or higher than 90 degrees',
      [
        [0, 0],
        [45_000_000, 0],
        [90_000_001, 0],
        [45_000_000, 9],
      ],
    ],
  ])('is refused: %s', (problem, ring) => {
    expect(problemOf([ring])).toContain(problem);
  });

  it('may touch the 180th meridian, and be as wide as 90 degrees', () => {
    expect(
      problemOf([
        [
          [HALF_TURN, 0],
          [90_000_000, 0],
          [HALF_TURN, 90_000_000],
        ],
      ]),
    ).toBeNull();
  });

  it('has holes that lie inside, and do not touch it', () => {
    const hole = (x: number, y: number, size: number): Ring => [
      [x, y],
      [x + size, y],
      [x, y + size],
    ];
    expect(problemOf([SQUARE, hole(10, 10, 20), hole(60, 60, 5)])).toBeNull();
    for (const bad of [hole(0, 10, 5), hole(80, 10, 20), hole(100, 100, 5), hole(-10, -10, 500)])
      expect(problemOf([SQUARE, bad])).toContain('not wholly inside');
  });

  it('is refused just where a plain reckoning finds two of its sides meet', () => {
    const pointArbitrary = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }));
    let good = 0;
    fc.assert(
      fc.property(fc.array(pointArbitrary, { minLength: 3, maxLength: 7 }), (points) => {
        const ring = openRing(points);
        if (ring.length < 3) return;
        expect(problemOf([ring]) === null).toBe(isSimple(ring));
        if (isSimple(ring)) good++;
      }),
      { numRuns: 5_000, seed: 11 },
    );
    expect(good).toBeGreaterThan(200);
  });

  it('is reckoned exactly at the far end of the grid', () => {
    const [low, high] = [-HALF_TURN, -HALF_TURN + 90_000_000];
    const beside = (offset: number): Ring => [
      [low, low / 2],
      [high, low / 2 + 90_000_000],
      [high, low / 2],
      [low + 45_000_000 + offset, low / 2 + 45_000_000],
    ];
    expect(problemOf([beside(1)])).toBeNull();
    expect(problemOf([beside(0)])).toContain('touches itself');
  });
});

/** Returns whether sides share nothing but the corner of two in a row, by solving for common points. */
function isSimple(ring: Ring): boolean {
  const sides = ring.map((from, index) => [from, ring[(index + 1) % ring.length]!] as const);
  return sides.every(([a, b], index) =>
    sides.every(([c, d], other) => {
      if (other <= index) return true;
      const shared = commonPoints(a, b, c, d);
      if (shared === 'many') return false;
      const isNext = other === index + 1 || (index === 0 && other === sides.length - 1);
      if (!isNext) return shared === null;
      return shared !== null;
    }),
  );
}

/** Solves a + s(b - a) = c + t(d - c) for s and t from 0 to 1. */
function commonPoints(a: GridPoint, b: GridPoint, c: GridPoint, d: GridPoint): 'many' | 'one' | null {
  const [ux, uy, vx, vy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const [wx, wy] = [c[0] - a[0], c[1] - a[1]];
  const determinant = ux * vy - uy * vx;
  if (determinant !== 0) {
    const [s, t] = [(wx * vy - wy * vx) / determinant, (wx * uy - wy * ux) / determinant];
    return s >= 0 && s <= 1 && t >= 0 && t <= 1 ? 'one' : null;
  }
  if (wx * uy - wy * ux !== 0) return null;
  const along = (point: GridPoint) => (point[0] - a[0]) * ux + (point[1] - a[1]) * uy;
  const [low, high] = [Math.min(along(c), along(d)), Math.max(along(c), along(d))];
  const from = Math.max(low, 0);
  const to = Math.min(high, ux * ux + uy * uy);
  if (from > to) return null;
  return from === to ? 'one' : 'many';
}
