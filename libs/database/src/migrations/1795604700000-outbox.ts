import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * The outbox: each event is stored in the transaction of the change it reports and numbered per subject;
 * beside it stand the deliveries due to endpoints. The row of a number stays locked until its transaction
 * ends, so numbers have no gaps and follow the order of commits.
 */

const UP = `
CREATE TABLE outbox_sequences (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  subject_kind text NOT NULL,
  subject_id uuid NOT NULL,
  last integer NOT NULL,
  changed_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, subject_kind, subject_id)
);
CREATE INDEX outbox_sequences_by_age ON outbox_sequences (changed_at);

CREATE TABLE outbox_events (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  type text NOT NULL,
  subject_kind text NOT NULL CHECK (subject_kind IN ('call', 'booking', 'endpoint')),
  subject_id uuid NOT NULL,
  sequence integer NOT NULL CHECK (sequence >= 1),
  data jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  CONSTRAINT outbox_events_sequence_key UNIQUE (tenant_id, subject_kind, subject_id, sequence)
);
CREATE INDEX outbox_events_by_age ON outbox_events (created_at);

CREATE TABLE webhook_endpoints (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  url text NOT NULL,
  description text NOT NULL,
  events text[] NOT NULL,
  sealed_secret text NOT NULL,
  previous_sealed_secret text,
  previous_until timestamptz(3),
  is_enabled boolean NOT NULL,
  disabled_because text CHECK (disabled_because IN ('operator', 'gone')),
  paused_until timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  CHECK (is_enabled = (disabled_because IS NULL))
);
CREATE INDEX webhook_endpoints_by_time ON webhook_endpoints (tenant_id, created_at DESC, id DESC);

CREATE TABLE webhook_deliveries (
  tenant_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  event_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(3) NOT NULL DEFAULT now(),
  last_status smallint,
  last_fault text,
  settled_at timestamptz(3),
  PRIMARY KEY (endpoint_id, event_id),
  FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, event_id) REFERENCES outbox_events (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at)
  WHERE state = 'pending';
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (endpoint_id, settled_at) WHERE state = 'dead';
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event_id);

CREATE INDEX bookings_by_call ON bookings (call_id) WHERE call_id IS NOT NULL;
`;

export class Outbox1795604700000 implements MigrationInterface {
  readonly name = 'Outbox1795604700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX bookings_by_call');
    await runner.query('DROP TABLE webhook_deliveries, webhook_endpoints, outbox_events, outbox_sequences');
  }
}
