import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { acrossTenants, query, transact, type Transaction } from '../../connection/unit-of-work.ts';
import type { GridPoint, GridPolygon, Zone } from '../../entities/zone.ts';
import { openBusiness } from '../../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { liesIn } from './test/plain-area.ts';
import { ZoneRepository } from './zone.repository.ts';

const POINTS = Number(process.env['TANDEM_ZONE_POINTS'] ?? 200);
const ZONES = 20;
/** As many as the repository names. */
const NAMED = 10;

/** Numbers that are the same ones each time (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = (below: number) => number;

/** A grid of points close by, on which points often lie on edges and corners. */
interface Grid {
  readonly west: number;
  readonly south: number;
  readonly step: number;
  readonly size: number;
}

const GRIDS: readonly Grid[] = [
  { west: 13_400_000, south: 52_500_000, step: 1, size: 12 },
  { west: -73_800_000, south: 42_600_000, step: 37, size: 9 },
  { west: 179_900_000, south: -90_000_000, step: 5_000, size: 20 },
  { west: -180_000_000, south: -45_000_000, step: 9_000_001, size: 10 },
];

const pointOn = ({ west, south, step, size }: Grid, random: Random): GridPoint => [
  west + step * random(size + 1),
  south + step * random(size + 1),
];

/** Rings of any form: the business interface refuses some, the database must tell all of them right. */
function polygonOn(grid: Grid, random: Random): GridPolygon {
  const ring = (corners: number) => Array.from({ length: corners }, () => pointOn(grid, random));
  const holes = Array.from({ length: [0, 0, 1, 2][random(4)]! }, () => ring(3 + random(3)));
  return [ring(3 + random(7)), ...holes];
}

/** A point of the grid, or one a millionth of a degree beside it or beside the middle of two points. */
function wantedNear(grid: Grid, random: Random): GridPoint {
  const [[ax, ay], [bx, by]] = [pointOn(grid, random), pointOn(grid, random)];
  if (random(3) > 0) return [ax, ay];
  const beside = () => random(3) - 1;
  return [Math.round((ax + bx) / 2) + beside(), Math.round((ay + by) / 2) + beside()];
}

describe('zones in the database', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let zones: ZoneRepository;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    zones = new ZoneRepository(dataSource);
  });
  afterAll(() => database.drop());

  const create = async (transaction: Transaction, tenantId: TenantId, fields: Partial<Zone>) => {
    const blank = { name: 'Zone', priority: 100, locationId: null, polygons: [], postcodes: [], places: [] };
    const key = `zone-${randomUUID().slice(0, 8)}`;
    const zone = await zones.create(transaction, tenantId, { ...blank, key, ...fields });
    if (typeof zone === 'string') throw new Error(zone);
    return zone;
  };
  const add = (tenantId: TenantId, fields: Partial<Zone>): Promise<Zone> =>
    transact(dataSource, tenantId, (transaction) => create(transaction, tenantId, fields));
  const SQUARE: GridPolygon = [
    [
      [0, 0],
      [100, 0],
      [100, 100],
      [0, 100],
    ],
  ];

  it.each(GRIDS)('have the points a plain reckoning gives them, on edges too: %j', async (grid) => {
    const { tenantId } = await openBusiness(dataSource, 0);
    const random = randomOf(grid.step);
    const stored = await transact(dataSource, tenantId, async (transaction) => {
      const made: Zone[] = [];
      while (made.length < ZONES) {
        const polygons = Array.from({ length: 1 + random(2) }, () => polygonOn(grid, random));
        made.push(await create(transaction, tenantId, { priority: 1 + random(5), polygons }));
      }
      return made;
    });
    const ranked = stored.sort((a, b) => a.priority - b.priority || (a.key < b.key ? -1 : 1));
    let held = 0;
    for (let index = 0; index < POINTS; index++) {
      const point = wantedNear(grid, random);
      const expected = ranked.filter(({ polygons }) => polygons.some((polygon) => liesIn(polygon, point)));
      const found = await zones.locate(tenantId, { kind: 'point', point });
      expect({ point, keys: found.map(({ key }) => key) }).toEqual({
        point,
        keys: expected.slice(0, NAMED).map(({ key }) => key),
      });
      held += expected.length;
    }
    expect(held).toBeGreaterThan(POINTS);
  });

  it('tell thousands of points at once as a plain reckoning does', async () => {
    const random = randomOf(1);
    const cases = Array.from({ length: 5_000 }, (_, index) => {
      const grid = GRIDS[index % GRIDS.length]!;
      const [ring = []] = polygonOn(grid, random);
      return { ring, point: wantedNear(grid, random) };
    });
    const told = await acrossTenants(dataSource, 'installation', (manager) =>
      query<{ isIn: boolean }>(
        manager,
        `SELECT area::polygon @> point(x, y) AND box(area::polygon) @> box(point(x, y), point(x, y)) AS "isIn"
         FROM unnest($1::text[], $2::float8[], $3::float8[]) WITH ORDINALITY AS given (area, x, y, place)
         ORDER BY place`,
        [
          cases.map(({ ring }) => `(${ring.map(([x, y]) => `(${x},${y})`).join(',')})`),
          cases.map(({ point }) => point[0]),
          cases.map(({ point }) => point[1]),
        ],
      ),
    );
    const wrong = cases.filter(({ ring, point }, index) => liesIn([ring], point) !== told[index]?.isIn);
    expect(wrong).toEqual([]);
    expect(told.filter(({ isIn }) => isIn).length).toBeGreaterThan(500);
  });

  it('are read back as they were stored', async () => {
    const { tenantId } = await openBusiness(dataSource, 0);
    const polygons: GridPolygon[] = [
      [
        [
          [-180_000_000, -90_000_000],
          [-100_000_000, -90_000_000],
          [-100_000_000, -10_000_000],
        ],
        [
          [-120_000_000, -80_000_000],
          [-110_000_001, -80_000_000],
          [-110_000_000, -70_000_000],
        ],
      ],
      SQUARE,
    ];
    const postcodes = [{ country: 'US', kind: 'range' as const, starts: '122', ends: '124' }];
    const places = [{ place: 'albany', name: 'Albany' }];
    const zone = await add(tenantId, { polygons, postcodes, places });
    expect(await zones.find(tenantId, zone.id)).toMatchObject({ polygons, postcodes, places });
    expect((await zones.locate(tenantId, { kind: 'place', place: 'albany' }))[0]).toMatchObject({
      middle: [-89_999_950, -44_999_950],
      place: 'Albany',
      isServed: false,
    });
  });

  it('are found by an index among those of many tenants', async () => {
    const { tenantId } = await openBusiness(dataSource, 0);
    await acrossTenants(dataSource, 'installation', (manager) =>
      query(
        manager,
        `WITH made AS (INSERT INTO zones (tenant_id, key, name)
           SELECT $1, 'z' || n, 'Zone' FROM generate_series(1, 5000) n RETURNING id, key)
         INSERT INTO zone_polygons SELECT $1, id, 0, 0,
           polygon(box(point(n * 1000, 0), point(n * 1000 + 900, 900)))
         FROM (SELECT id, substr(key, 2)::integer AS n FROM made) numbered`,
        [tenantId],
      ),
    );
    await acrossTenants(dataSource, 'installation', (manager) => query(manager, 'ANALYZE zone_polygons'));
    const plan = await acrossTenants(dataSource, 'installation', (manager) =>
      query<Record<string, string>>(
        manager,
        `EXPLAIN SELECT zone_id FROM zone_polygons WHERE tenant_id = $1 AND ring = 0
           AND box(area) @> box(point(5500, 5), point(5500, 5)) AND area @> point(5500, 5)`,
        [tenantId],
      ),
    );
    expect(JSON.stringify(plan)).toContain('zone_polygons_by_box');
    const found = await zones.locate(tenantId, { kind: 'point', point: [5_500, 5] });
    expect(found.map(({ key }) => key)).toEqual(['z5']);
  });

  it('are those of their tenant alone', async () => {
    const [mine, other] = [await openBusiness(dataSource, 1), await openBusiness(dataSource, 1)];
    const postcodes = [{ country: 'US', kind: 'code' as const, starts: '12207', ends: '12207' }];
    const places = [{ place: 'albany', name: 'Albany' }];
    const zone = await add(other.tenantId, { polygons: [SQUARE], postcodes, places });
    for (const wanted of [
      { kind: 'point' as const, point: [5, 5] as const },
      { kind: 'postcode' as const, country: null, code: '12207', areaCodes: {} },
      { kind: 'place' as const, place: 'albany' },
    ]) {
      expect(await zones.locate(mine.tenantId, wanted)).toEqual([]);
      expect(await zones.hasAnyBy(mine.tenantId, wanted.kind)).toBe(false);
      expect((await zones.locate(other.tenantId, wanted))[0]).toMatchObject({ id: zone.id, isServed: true });
      expect(await zones.hasAnyBy(other.tenantId, wanted.kind)).toBe(true);
    }
    expect(await zones.find(mine.tenantId, zone.id)).toBeNull();
    expect(await zones.keys(mine.tenantId)).toEqual([]);
    await transact(dataSource, mine.tenantId, async (transaction) => {
      expect(await zones.holdByKey(transaction, mine.tenantId, [zone.key])).toEqual([]);
      expect(await zones.deactivate(transaction, mine.tenantId, zone.id)).toBe('not-found');
    });
    expect(await zones.find(other.tenantId, zone.id)).not.toBeNull();
  });
});
