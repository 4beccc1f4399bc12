import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Conventions of the schema. Every row names its tenant, and foreign keys carry the tenant with them, so a
 * row cannot point across tenants whatever the code does. Points in time have ms precision, so a Date read
 * back is the value stored and can stand in a page cursor. Weekdays are ISO: 1 is Monday. Times of day are
 * local to the tenant, and '24:00' is the end of a day.
 */

const TENANCY = `
CREATE TABLE tenants (
  id uuid PRIMARY KEY,
  slug text NOT NULL CONSTRAINT tenants_slug_key UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  company_name text NOT NULL,
  time_zone text NOT NULL CHECK ((timestamptz '2000-01-01 00:00:00+00' AT TIME ZONE time_zone) IS NOT NULL),
  booking_horizon_days integer NOT NULL DEFAULT 60 CHECK (booking_horizon_days BETWEEN 1 AND 366),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE closed_dates (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  scope text NOT NULL CHECK (scope IN ('calls', 'bookings')),
  date date NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (tenant_id, scope, date)
);

CREATE TABLE api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name text NOT NULL,
  key_hash bytea NOT NULL CONSTRAINT api_keys_key_hash_key UNIQUE CHECK (octet_length(key_hash) = 32),
  scopes text[] NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  revoked_at timestamptz(3)
);
CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id);
`;

const AGENTS = `
CREATE TABLE agents (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name text NOT NULL,
  published_version integer,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id)
);

CREATE TABLE agent_versions (
  tenant_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  content jsonb NOT NULL,
  published_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (agent_id, version),
  FOREIGN KEY (tenant_id, agent_id) REFERENCES agents (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE agents ADD CONSTRAINT agents_published_version_fkey
  FOREIGN KEY (id, published_version) REFERENCES agent_versions (agent_id, version)
    DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION refuse_change_of_agent_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a published agent version is never changed; publish a new one'
    USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER agent_versions_are_immutable BEFORE UPDATE ON agent_versions
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_agent_version();

CREATE TABLE phone_numbers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  e164 text NOT NULL CONSTRAINT phone_numbers_e164_key UNIQUE CHECK (e164 ~ '^\\+[1-9][0-9]{6,14}$'),
  agent_id uuid,
  is_always_open boolean NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, agent_id) REFERENCES agents (tenant_id, id)
);

CREATE TABLE opening_hours (
  tenant_id uuid NOT NULL,
  phone_number_id uuid NOT NULL,
  weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  opens time(0) NOT NULL,
  closes time(0) NOT NULL,
  CHECK (opens < closes),
  PRIMARY KEY (phone_number_id, weekday, opens),
  FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id) ON DELETE CASCADE
);
`;

// A call to a number nobody owns is the one row without a tenant. agent_id is no foreign key: what happened
// stays written when the agent is gone.
const CALLS = `
CREATE TABLE calls (
  id uuid PRIMARY KEY,
  tenant_id uuid REFERENCES tenants ON DELETE CASCADE,
  status text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
  channel text NOT NULL,
  from_number text NOT NULL,
  to_number text NOT NULL,
  carrier_call_id text,
  agent_id uuid,
  agent_version integer,
  agent_name text,
  model_kind text,
  admitted_at timestamptz(3) NOT NULL,
  answered_at timestamptz(3),
  ended_at timestamptz(3),
  duration_ms integer CHECK (duration_ms >= 0),
  termination_class text,
  termination_reason text,
  refusal_reason text,
  latencies jsonb NOT NULL DEFAULT '{}',
  usage jsonb NOT NULL DEFAULT '[]',
  event_count integer NOT NULL DEFAULT 0,
  recorded_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  CHECK (tenant_id IS NOT NULL OR refusal_reason = 'unknown-number')
);
CREATE INDEX calls_by_time ON calls (tenant_id, admitted_at DESC, id DESC);
CREATE INDEX calls_by_from ON calls (tenant_id, from_number, admitted_at DESC, id DESC);
CREATE INDEX calls_by_to ON calls (tenant_id, to_number, admitted_at DESC, id DESC);

CREATE TABLE call_legs (
  tenant_id uuid NOT NULL,
  call_id uuid NOT NULL,
  epoch integer NOT NULL,
  relay_id text NOT NULL,
  stream_id text NOT NULL,
  attached_at timestamptz(3) NOT NULL,
  detached_at timestamptz(3),
  detach_reason text,
  PRIMARY KEY (call_id, epoch),
  FOREIGN KEY (tenant_id, call_id) REFERENCES calls (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE utterances (
  tenant_id uuid NOT NULL,
  call_id uuid NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  speaker text NOT NULL CHECK (speaker IN ('caller', 'agent')),
  item_id text NOT NULL,
  text text NOT NULL,
  started_at_ms integer NOT NULL,
  ended_at_ms integer NOT NULL,
  heard_ms integer,
  interrupted boolean NOT NULL,
  PRIMARY KEY (call_id, position),
  FOREIGN KEY (tenant_id, call_id) REFERENCES calls (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE tool_calls (
  tenant_id uuid NOT NULL,
  call_id uuid NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  arguments jsonb NOT NULL,
  outcome jsonb,
  status text NOT NULL CHECK (status IN ('pending', 'ok', 'refused', 'failed', 'timed-out', 'cancelled')),
  started_at_ms integer NOT NULL,
  took_ms integer,
  PRIMARY KEY (call_id, id),
  FOREIGN KEY (tenant_id, call_id) REFERENCES calls (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE dispositions (
  tenant_id uuid NOT NULL,
  call_id uuid PRIMARY KEY,
  outcome text NOT NULL,
  detail text NOT NULL,
  FOREIGN KEY (tenant_id, call_id) REFERENCES calls (tenant_id, id) ON DELETE CASCADE
);
`;

const BUSINESS = `
CREATE TABLE contacts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  phone text NOT NULL CHECK (phone ~ '^\\+[1-9][0-9]{6,14}$'),
  name text,
  email text,
  notes text NOT NULL DEFAULT '',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  CONSTRAINT contacts_phone_key UNIQUE (tenant_id, phone)
);
CREATE INDEX contacts_by_time ON contacts (tenant_id, created_at DESC, id DESC);

CREATE TABLE services (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  key text NOT NULL CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text NOT NULL,
  duration_minutes integer NOT NULL CHECK (duration_minutes BETWEEN 5 AND 1440),
  is_active boolean NOT NULL DEFAULT true,
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, key)
);

CREATE TABLE resources (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  UNIQUE (tenant_id, id)
);

CREATE TABLE resource_services (
  tenant_id uuid NOT NULL,
  resource_id uuid NOT NULL,
  service_id uuid NOT NULL,
  PRIMARY KEY (resource_id, service_id),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX resource_services_by_service ON resource_services (service_id);

CREATE TABLE resource_hours (
  tenant_id uuid NOT NULL,
  resource_id uuid NOT NULL,
  weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  opens time(0) NOT NULL,
  closes time(0) NOT NULL,
  CHECK (opens < closes),
  PRIMARY KEY (resource_id, weekday, opens),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id) ON DELETE CASCADE
);
`;

// The exclusion constraint is the last word on double booking. It is never the first: under contention it
// answers with deadlocks, so writers take an advisory lock on the resource before they come here
// (booking.repository.ts).
const BOOKINGS = `
CREATE TABLE bookings (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  resource_id uuid NOT NULL,
  service_id uuid NOT NULL,
  contact_id uuid,
  period tstzrange NOT NULL CHECK (
    NOT isempty(period) AND lower_inc(period) AND NOT upper_inc(period) AND NOT lower_inf(period)
      AND NOT upper_inf(period)
  ),
  starts_at timestamptz(3) NOT NULL GENERATED ALWAYS AS (lower(period)) STORED,
  ends_at timestamptz(3) NOT NULL GENERATED ALWAYS AS (upper(period)) STORED,
  status text NOT NULL DEFAULT 'booked' CHECK (status IN ('booked', 'cancelled')),
  reference text NOT NULL,
  name text,
  notes text NOT NULL DEFAULT '',
  call_id uuid,
  tool_call_id text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  cancelled_at timestamptz(3),
  CONSTRAINT bookings_reference_key UNIQUE (tenant_id, reference),
  CONSTRAINT bookings_do_not_overlap EXCLUDE USING gist (resource_id WITH =, period WITH &&)
    WHERE (status = 'booked'),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX bookings_by_start ON bookings (tenant_id, starts_at, id);
CREATE INDEX bookings_by_contact ON bookings (contact_id, starts_at);

CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  key text NOT NULL,
  operation text NOT NULL,
  request_hash bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('in-progress', 'completed')),
  claim uuid NOT NULL,
  claimed_at timestamptz(3) NOT NULL DEFAULT now(),
  response_status smallint,
  response_body json,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, key),
  CHECK ((state = 'completed') = (response_status IS NOT NULL))
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
`;

const TABLES =
  'idempotency_keys, bookings, resource_hours, resource_services, resources, services, contacts, ' +
  'dispositions, tool_calls, utterances, call_legs, calls, opening_hours, phone_numbers, ' +
  'agent_versions, agents, api_keys, closed_dates, tenants';

export class Initial1795219200000 implements MigrationInterface {
  readonly name = 'Initial1795219200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS btree_gist');
    for (const part of [TENANCY, AGENTS, CALLS, BUSINESS, BOOKINGS]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${TABLES} CASCADE`);
    await runner.query('DROP FUNCTION refuse_change_of_agent_version()');
  }
}
