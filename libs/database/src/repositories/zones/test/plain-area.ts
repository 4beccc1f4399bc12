import type { GridPoint, GridPolygon } from '../../../entities/zone.ts';

/*
 * A second opinion on which points lie in an area, in whole numbers without bounds and on its own.
 */

/** Returns whether a point lies in a polygon: on its edge it does, on the edge of a hole it does not. */
export function liesIn([edge, ...holes]: GridPolygon, point: GridPoint): boolean {
  return edge !== undefined && encloses(edge, point) && !holes.some((hole) => encloses(hole, point));
}

/** Returns whether a ring goes around a point, or through it. */
function encloses(ring: readonly GridPoint[], [px, py]: GridPoint): boolean {
  const points = ring.map(([x, y]) => [BigInt(x - px), BigInt(y - py)] as const);
  let turns = 0;
  for (const [index, [ax, ay]] of points.entries()) {
    const [bx, by] = points[(index + 1) % points.length]!;
    const side = ax * by - ay * bx;
    const isBetween = ax * bx <= 0n && ay * by <= 0n;
    if (side === 0n && isBetween) return true;
    if (ay <= 0n && by > 0n && side > 0n) turns++;
    if (ay > 0n && by <= 0n && side < 0n) turns--;
  }
  return turns !== 0;
}
