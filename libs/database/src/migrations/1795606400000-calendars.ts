import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Calendars of resources outside of Tandem: feeds that others read, and connections over which busy times are
 * read and bookings are written. A row of `calendar_events` is what a connected calendar should have of a
 * booking, and what it has; it is written in the transaction of the booking.
 */

// Counts also the changes that services of the release before make.
const REVISIONS = `
ALTER TABLE bookings
  ADD COLUMN revision integer NOT NULL DEFAULT 0,
  ADD COLUMN changed_at timestamptz(3) NOT NULL DEFAULT now();
CREATE FUNCTION count_booking_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.revision := OLD.revision + 1;
  NEW.changed_at := now();
  RETURN NEW;
END
$$;
CREATE TRIGGER bookings_count_revision BEFORE UPDATE ON bookings
  FOR EACH ROW EXECUTE FUNCTION count_booking_revision();
`;

const TABLES = `
CREATE TABLE calendar_feeds (
  resource_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  detail text NOT NULL CHECK (detail IN ('busy', 'service', 'full')),
  salt text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  rotated_at timestamptz(3) NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE calendar_connections (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  resource_id uuid NOT NULL,
  kind text NOT NULL,
  address text NOT NULL,
  detail text NOT NULL CHECK (detail IN ('busy', 'service', 'full')),
  state text NOT NULL CHECK (state IN ('active', 'needs-authorization')),
  sealed_credentials text,
  last_fault text,
  last_fault_at timestamptz(3),
  failures integer NOT NULL DEFAULT 0,
  busy_read_at timestamptz(3),
  next_read_at timestamptz(3) NOT NULL DEFAULT now(),
  paused_until timestamptz(3),
  claimed_at timestamptz(3),
  claimed_until timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX calendar_connections_by_tenant ON calendar_connections (tenant_id, created_at DESC, id DESC);
CREATE INDEX calendar_connections_by_resource ON calendar_connections (resource_id);
CREATE INDEX calendar_connections_due ON calendar_connections (next_read_at) WHERE state = 'active';

CREATE TABLE calendar_busy (
  connection_id uuid NOT NULL REFERENCES calendar_connections ON DELETE CASCADE,
  starts_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL,
  tenant_id uuid NOT NULL,
  resource_id uuid NOT NULL,
  PRIMARY KEY (connection_id, starts_at, ends_at),
  CHECK (starts_at < ends_at)
);
CREATE INDEX calendar_busy_by_end ON calendar_busy (resource_id, ends_at);

CREATE TABLE calendar_events (
  connection_id uuid NOT NULL REFERENCES calendar_connections ON DELETE CASCADE,
  booking_id uuid NOT NULL REFERENCES bookings ON DELETE CASCADE,
  tenant_id uuid NOT NULL,
  is_wanted boolean NOT NULL,
  revision integer NOT NULL,
  is_settled boolean NOT NULL DEFAULT false,
  remote_id text,
  remote_tag text,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(3) NOT NULL DEFAULT now(),
  last_fault text,
  PRIMARY KEY (connection_id, booking_id)
);
CREATE INDEX calendar_events_by_booking ON calendar_events (booking_id);
CREATE INDEX calendar_events_due ON calendar_events (connection_id, next_attempt_at) WHERE NOT is_settled;
`;

const DOWN = `
DROP TABLE calendar_events, calendar_busy, calendar_connections, calendar_feeds;
DROP FUNCTION count_booking_revision() CASCADE;
ALTER TABLE bookings DROP COLUMN revision, DROP COLUMN changed_at;
`;

export class Calendars1795606400000 implements MigrationInterface {
  readonly name = 'Calendars1795606400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [REVISIONS, TABLES]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
