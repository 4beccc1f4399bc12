import type { MigrationInterface, QueryRunner } from 'typeorm';

const LOCATIONS = `
CREATE TABLE locations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name text NOT NULL,
  address text NOT NULL DEFAULT '',
  time_zone text,
  phone text,
  latitude double precision CHECK (latitude BETWEEN -90 AND 90),
  longitude double precision CHECK (longitude BETWEEN -180 AND 180),
  is_active boolean NOT NULL DEFAULT true,
  CHECK ((latitude IS NULL) = (longitude IS NULL))
);
CREATE INDEX locations_by_name ON locations (tenant_id, name, id) WHERE is_active;

ALTER TABLE resources ADD COLUMN location_id uuid REFERENCES locations ON DELETE SET NULL;
CREATE INDEX resources_by_location ON resources (location_id) WHERE location_id IS NOT NULL;
`;

// Areas are in millionths of a degree, whole numbers. Postgres takes two sides for parallel where their cross
// product is below 1e-6: in degrees, a point 100 m outside of a side of 100 m would be on it. With whole
// numbers, and areas of 90 degrees at most, its answer is exact, on the edge too.
const ZONES = `
CREATE TABLE zones (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  key text NOT NULL,
  name text NOT NULL,
  priority integer NOT NULL DEFAULT 100,
  location_id uuid REFERENCES locations ON DELETE SET NULL,
  is_active boolean NOT NULL DEFAULT true,
  UNIQUE (tenant_id, id)
);
CREATE UNIQUE INDEX zones_key ON zones (tenant_id, key) WHERE is_active;
CREATE INDEX zones_by_priority ON zones (tenant_id, priority, key) WHERE is_active;
CREATE INDEX zones_by_location ON zones (location_id) WHERE location_id IS NOT NULL;

CREATE TABLE zone_polygons (
  tenant_id uuid NOT NULL,
  zone_id uuid NOT NULL,
  part smallint NOT NULL,
  ring smallint NOT NULL,
  area polygon NOT NULL,
  PRIMARY KEY (zone_id, part, ring),
  FOREIGN KEY (tenant_id, zone_id) REFERENCES zones (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX zone_polygons_by_box ON zone_polygons USING gist (tenant_id, box(area)) WHERE ring = 0;

CREATE TABLE zone_postcodes (
  tenant_id uuid NOT NULL,
  zone_id uuid NOT NULL,
  country text COLLATE "C" NOT NULL,
  kind text NOT NULL CHECK (kind IN ('code', 'prefix', 'range')),
  starts text COLLATE "C" NOT NULL,
  ends text COLLATE "C" NOT NULL,
  PRIMARY KEY (zone_id, country, kind, starts, ends),
  CHECK (length(starts) = length(ends) AND starts <= ends),
  FOREIGN KEY (tenant_id, zone_id) REFERENCES zones (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX zone_postcodes_by_start ON zone_postcodes (tenant_id, country, starts);

CREATE TABLE zone_places (
  tenant_id uuid NOT NULL,
  zone_id uuid NOT NULL,
  place text COLLATE "C" NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (zone_id, place),
  FOREIGN KEY (tenant_id, zone_id) REFERENCES zones (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX zone_places_by_place ON zone_places (tenant_id, place);

CREATE TABLE resource_zones (
  tenant_id uuid NOT NULL,
  resource_id uuid NOT NULL,
  zone_id uuid NOT NULL,
  PRIMARY KEY (resource_id, zone_id),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, zone_id) REFERENCES zones (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX resource_zones_by_zone ON resource_zones (zone_id);

ALTER TABLE bookings ADD COLUMN zone_id uuid REFERENCES zones ON DELETE SET NULL;
CREATE INDEX bookings_by_zone ON bookings (zone_id) WHERE zone_id IS NOT NULL;
`;

const DOWN = `
ALTER TABLE bookings DROP COLUMN zone_id;
DROP TABLE resource_zones, zone_places, zone_postcodes, zone_polygons, zones;
ALTER TABLE resources DROP COLUMN location_id;
DROP TABLE locations;
`;

/* Places of a business, the areas its resources go to, and the resources of each. */
export class LocationsAndZones1795606100000 implements MigrationInterface {
  readonly name = 'LocationsAndZones1795606100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [LOCATIONS, ZONES]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
