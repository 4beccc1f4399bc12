import type { GridPoint, GridPolygon, Ring } from '@tandem/database';

/*
 * Areas on a flat grid of millionths of a degree. Coordinates are whole numbers and an area is 90 degrees
 * wide at most, so that the products below stay under 2^53: every answer is exact.
 */

/** Millionths of a degree in a degree. */
const GRID = 1_000_000;
const HALF_TURN = 180 * GRID;
/** The widest and highest area. */
const MAX_SPAN_DEGREES = 90;
const MAX_SPAN = MAX_SPAN_DEGREES * GRID;

export const toGrid = (degrees: number): number => Math.round(degrees * GRID);
export const toDegrees = (grid: number): number => grid / GRID;

/** Returns a ring without points that repeat the one before, and without the first one again at its end. */
export function openRing(points: readonly GridPoint[]): Ring {
  const distinct = points.filter((point, index) => index === 0 || !isSame(point, points[index - 1]));
  while (distinct.length > 1 && isSame(distinct[0]!, distinct.at(-1))) distinct.pop();
  return distinct;
}

/** Returns why a polygon is none; null for a good one. Its rings are open. */
export function problemOf([edge, ...holes]: GridPolygon): string | null {
  if (!edge) return 'must have a ring';
  for (const ring of [edge, ...holes]) {
    const problem = ringProblem(ring);
    if (problem) return problem;
  }
  const outside = holes.find((hole) => !isWithin(hole, edge));
  return outside ? `has a hole at ${told(outside[0])} that is not wholly inside of it` : null;
}

function ringProblem(ring: Ring): string | null {
  if (ring.length < 3) return 'must have three points that differ';
  if (sidesOf(ring).some(([from, to]) => Math.abs(from[0] - to[0]) > HALF_TURN))
    return 'must not cross the 180th meridian: make it two polygons, one on each side';
  if (spanOf(ring, 0) > MAX_SPAN || spanOf(ring, 1) > MAX_SPAN)
    return `must not be wider or higher than ${MAX_SPAN_DEGREES} degrees`;
  const crossing = findCrossing(ring);
  return crossing ? `crosses or touches itself near ${told(crossing)}` : null;
}

type Side = readonly [from: GridPoint, to: GridPoint];

const sidesOf = (ring: Ring): Side[] => ring.map((from, index) => [from, ring[(index + 1) % ring.length]!]);

/** Returns a point near which the ring meets itself elsewhere than from one side to the next. */
function findCrossing(ring: Ring): GridPoint | null {
  const sides = sidesOf(ring);
  for (const [index, side] of sides.entries()) {
    const next = sides[(index + 1) % sides.length]!;
    if (turnsBack(side, next)) return side[1];
    // The last side and the first one are neighbours too.
    const end = index === 0 ? sides.length - 1 : sides.length;
    for (let other = index + 2; other < end; other++) if (meet(side, sides[other]!)) return side[0];
  }
  return null;
}

/** Returns whether the second of two sides in a row lies on the first. */
function turnsBack([a, b]: Side, [, c]: Side): boolean {
  return turn(a, b, c) === 0 && (a[0] - b[0]) * (c[0] - b[0]) + (a[1] - b[1]) * (c[1] - b[1]) > 0;
}

/** Returns whether two sides have a point in common. */
function meet([a, b]: Side, [c, d]: Side): boolean {
  if (!overlap(a[0], b[0], c[0], d[0]) || !overlap(a[1], b[1], c[1], d[1])) return false;
  return turn(a, b, c) * turn(a, b, d) <= 0 && turn(c, d, a) * turn(c, d, b) <= 0;
}

const overlap = (a: number, b: number, c: number, d: number): boolean =>
  Math.max(a, b) >= Math.min(c, d) && Math.max(c, d) >= Math.min(a, b);

/** 1 where the way from a over b to c turns left, -1 where it turns right, 0 where it goes straight on. */
const turn = (a: GridPoint, b: GridPoint, c: GridPoint): number =>
  Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));

/** Returns whether a ring lies inside another one without touching it. */
function isWithin(inner: Ring, outer: Ring): boolean {
  const outerSides = sidesOf(outer);
  if (sidesOf(inner).some((side) => outerSides.some((other) => meet(side, other)))) return false;
  const [[x, y] = [0, 0]] = inner;
  const crossed = outerSides.filter(([from, to]) => {
    if (from[1] > y === to[1] > y) return false;
    const [low, high] = from[1] < to[1] ? [from, to] : [to, from];
    return turn(low, high, [x, y]) > 0;
  });
  return crossed.length % 2 === 1;
}

function spanOf(ring: Ring, axis: 0 | 1): number {
  const values = ring.map((point) => point[axis]);
  return Math.max(...values) - Math.min(...values);
}

const isSame = (a: GridPoint, b: GridPoint | undefined): boolean => a[0] === b?.[0] && a[1] === b[1];

const told = (point: GridPoint | undefined): string =>
  point ? `longitude ${toDegrees(point[0])}, latitude ${toDegrees(point[1])}` : 'an unknown point';
