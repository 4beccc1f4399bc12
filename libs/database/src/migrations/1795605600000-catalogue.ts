import type { MigrationInterface, QueryRunner } from 'typeorm';

// The key of a service that is no longer offered is free for another one.
const CATALOGUE = `
ALTER TABLE services
  ADD COLUMN buffer_before_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 240),
  ADD COLUMN buffer_after_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 240),
  ADD COLUMN price_text text,
  ADD COLUMN skills text[] NOT NULL DEFAULT '{}';
ALTER TABLE services DROP CONSTRAINT services_tenant_id_key_key;
CREATE UNIQUE INDEX services_key ON services (tenant_id, key) WHERE is_active;

ALTER TABLE resources
  ADD COLUMN kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'room', 'vehicle')),
  ADD COLUMN skills text[] NOT NULL DEFAULT '{}';
CREATE INDEX resources_by_name ON resources (tenant_id, name, id) WHERE is_active;

CREATE TABLE resource_leave (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  resource_id uuid NOT NULL,
  starts_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL,
  reason text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CHECK (starts_at < ends_at),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX resource_leave_by_start ON resource_leave (resource_id, starts_at, id);
`;

// A booking occupies its resource from its service's buffer before it to the one after it, as they were when
// it was made or moved. A writer that knows nothing of buffers leaves that to the trigger, so services of the
// release before, and consoles, keep the same rule. It contains the former one: an occupied range holds the
// period.
const OCCUPIED = `
ALTER TABLE bookings ADD COLUMN occupied tstzrange;
UPDATE bookings SET occupied = period;
ALTER TABLE bookings ALTER COLUMN occupied SET NOT NULL, ADD CHECK (occupied @> period);
ALTER TABLE bookings ADD CONSTRAINT bookings_keep_their_distance
  EXCLUDE USING gist (resource_id WITH =, occupied WITH &&) WHERE (status = 'booked');
ALTER TABLE bookings DROP CONSTRAINT bookings_do_not_overlap;

CREATE FUNCTION occupy_with_buffers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT tstzrange(lower(NEW.period) - buffer_before_minutes * interval '1 minute',
                   upper(NEW.period) + buffer_after_minutes * interval '1 minute')
    INTO NEW.occupied FROM services WHERE id = NEW.service_id;
  NEW.occupied := coalesce(NEW.occupied, NEW.period);
  RETURN NEW;
END
$$;
CREATE TRIGGER bookings_occupy_on_insert BEFORE INSERT ON bookings
  FOR EACH ROW WHEN (NEW.occupied IS NULL) EXECUTE FUNCTION occupy_with_buffers();
CREATE TRIGGER bookings_occupy_on_move BEFORE UPDATE OF period ON bookings
  FOR EACH ROW
  WHEN (NEW.period IS DISTINCT FROM OLD.period AND NEW.occupied IS NOT DISTINCT FROM OLD.occupied)
  EXECUTE FUNCTION occupy_with_buffers();
`;

/* A business sets up its services and resources itself: buffers, skills, prices, leave. */
export class Catalogue1795605600000 implements MigrationInterface {
  readonly name = 'Catalogue1795605600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [CATALOGUE, OCCUPIED]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE bookings ADD CONSTRAINT bookings_do_not_overlap EXCLUDE USING gist ' +
        `(resource_id WITH =, period WITH &&) WHERE (status = 'booked')`,
    );
    await runner.query('DROP FUNCTION occupy_with_buffers() CASCADE');
    await runner.query('ALTER TABLE bookings DROP COLUMN occupied');
    await runner.query('DROP TABLE resource_leave');
    await runner.query('DROP INDEX resources_by_name');
    await runner.query('ALTER TABLE resources DROP COLUMN kind, DROP COLUMN skills');
    await runner.query('DROP INDEX services_key');
    await runner.query('ALTER TABLE services ADD UNIQUE (tenant_id, key)');
    await runner.query(
      'ALTER TABLE services DROP COLUMN buffer_before_minutes, DROP COLUMN buffer_after_minutes, DROP ' +
        'COLUMN price_text, DROP COLUMN skills',
    );
  }
}
