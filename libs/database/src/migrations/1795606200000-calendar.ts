import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * A booking can be held before it is made. A hold occupies its resource as a booking does, so that services
 * of the release before cannot book over it: their insert meets the constraint. Whether a hold is over is
 * read from the clock; its row is marked later, or by the next one who wants its time.
 */
const HOLDS = `
ALTER TABLE bookings
  ADD COLUMN hold_expires_at timestamptz(3),
  ADD COLUMN series_id uuid,
  ADD COLUMN timed_at timestamptz(3) NOT NULL DEFAULT now();
ALTER TABLE bookings DROP CONSTRAINT bookings_status_check;
ALTER TABLE bookings ADD CONSTRAINT bookings_status_check
  CHECK (status IN ('held', 'booked', 'cancelled', 'expired')) NOT VALID;
ALTER TABLE bookings ADD CONSTRAINT bookings_holds_end
  CHECK (status NOT IN ('held', 'expired') OR hold_expires_at IS NOT NULL) NOT VALID;
ALTER TABLE bookings ADD CONSTRAINT bookings_and_holds_keep_their_distance
  EXCLUDE USING gist (resource_id WITH =, occupied WITH &&) WHERE (status IN ('booked', 'held'));
ALTER TABLE bookings DROP CONSTRAINT bookings_keep_their_distance;
CREATE INDEX bookings_held ON bookings (hold_expires_at) WHERE status = 'held';
CREATE INDEX bookings_by_series ON bookings (series_id, starts_at) WHERE series_id IS NOT NULL;

CREATE FUNCTION time_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.timed_at := now();
  RETURN NEW;
END
$$;
CREATE TRIGGER bookings_are_timed BEFORE UPDATE ON bookings
  FOR EACH ROW
  WHEN (NEW.period IS DISTINCT FROM OLD.period OR NEW.status = 'booked' AND OLD.status <> 'booked')
  EXECUTE FUNCTION time_booking();
`;

// A time that becomes free while somebody waits is noted in the transaction that frees it, a console's too.
const WAITING_LIST = `
CREATE TABLE waiting_list (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  service_id uuid NOT NULL,
  resource_id uuid,
  contact_id uuid NOT NULL,
  name text,
  notes text NOT NULL DEFAULT '',
  from_date date NOT NULL,
  until_date date NOT NULL,
  part_of_day text NOT NULL CHECK (part_of_day IN ('morning', 'afternoon', 'any')),
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'offered', 'cancelled')),
  booking_id uuid REFERENCES bookings ON DELETE SET NULL,
  offered_at timestamptz(3),
  call_id uuid,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CHECK (from_date <= until_date),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX waiting_list_by_time ON waiting_list (tenant_id, created_at, id);
CREATE INDEX waiting_list_waiting ON waiting_list (tenant_id, service_id, created_at, id)
  WHERE status = 'waiting';
CREATE INDEX waiting_list_by_booking ON waiting_list (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX waiting_list_by_contact ON waiting_list (contact_id);

CREATE TABLE freed_times (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  resource_id uuid NOT NULL,
  starts_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX freed_times_by_time ON freed_times (created_at, id);

CREATE FUNCTION note_freed_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF upper(OLD.period) > now()
      AND EXISTS (SELECT 1 FROM waiting_list WHERE tenant_id = OLD.tenant_id AND status = 'waiting') THEN
    INSERT INTO freed_times (tenant_id, resource_id, starts_at, ends_at)
      VALUES (OLD.tenant_id, OLD.resource_id, lower(OLD.period), upper(OLD.period));
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER bookings_free_times AFTER UPDATE ON bookings
  FOR EACH ROW
  WHEN (OLD.status IN ('booked', 'held')
    AND (NEW.status NOT IN ('booked', 'held') OR NEW.period IS DISTINCT FROM OLD.period
      OR NEW.resource_id <> OLD.resource_id))
  EXECUTE FUNCTION note_freed_time();
`;

// A notice is a row from the moment its message is stored; a time that is set anew has notices of its own.
const NOTICES = `
CREATE TABLE booking_settings (
  tenant_id uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  confirmation text CHECK (confirmation IN ('sms', 'email')),
  reminders jsonb NOT NULL,
  quiet_from time(0) NOT NULL,
  quiet_until time(0) NOT NULL,
  offer_minutes integer NOT NULL CHECK (offer_minutes BETWEEN 5 AND 2880),
  sms_number text,
  texts jsonb NOT NULL,
  since timestamptz(3) NOT NULL DEFAULT now()
);
CREATE TABLE service_reminders (
  service_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  confirmation text CHECK (confirmation IN ('sms', 'email')),
  reminders jsonb NOT NULL,
  since timestamptz(3) NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX service_reminders_by_tenant ON service_reminders (tenant_id);
CREATE TABLE booking_notices (
  booking_id uuid NOT NULL REFERENCES bookings ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('confirmation', 'reminder')),
  minutes_before integer NOT NULL,
  channel text NOT NULL CHECK (channel IN ('sms', 'email')),
  timed_at timestamptz(3) NOT NULL,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  message_id uuid,
  reason text,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (booking_id, kind, minutes_before, channel, timed_at)
);
`;

const DOWN = `
DROP TABLE booking_notices, service_reminders, booking_settings;
DROP TRIGGER bookings_free_times ON bookings;
DROP TRIGGER bookings_are_timed ON bookings;
DROP FUNCTION note_freed_time(), time_booking();
DROP TABLE freed_times, waiting_list;
DELETE FROM outbox_events WHERE subject_kind = 'waiting-list';
DELETE FROM outbox_sequences WHERE subject_kind = 'waiting-list';
DELETE FROM bookings WHERE status IN ('held', 'expired');
ALTER TABLE bookings ADD CONSTRAINT bookings_keep_their_distance
  EXCLUDE USING gist (resource_id WITH =, occupied WITH &&) WHERE (status = 'booked');
ALTER TABLE bookings
  DROP CONSTRAINT bookings_and_holds_keep_their_distance,
  DROP CONSTRAINT bookings_holds_end,
  DROP CONSTRAINT bookings_status_check;
ALTER TABLE bookings ADD CONSTRAINT bookings_status_check CHECK (status IN ('booked', 'cancelled'));
ALTER TABLE bookings DROP COLUMN hold_expires_at, DROP COLUMN series_id, DROP COLUMN timed_at;
`;

/* Holds, series, the waiting list, and notices of appointments. */
export class Calendar1795606200000 implements MigrationInterface {
  readonly name = 'Calendar1795606200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [HOLDS, WAITING_LIST, NOTICES]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
