import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Connections to CRMs and the deliveries of events to them. A delivery is pushed when no earlier one of its
 * connection that touches the same things waits: `position` follows the order of writing, `keys` names what
 * it touches, `record` what it writes.
 */

const UP = `
CREATE TABLE crm_connections (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  kind text NOT NULL,
  name text NOT NULL,
  events text[] NOT NULL,
  settings jsonb NOT NULL,
  sealed_credentials text,
  is_enabled boolean NOT NULL,
  paused_until timestamptz(3),
  claimed_at timestamptz(3),
  failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
  probing_until timestamptz(3),
  last_fault text,
  last_detail text,
  last_fault_at timestamptz(3),
  last_delivered_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id)
);
CREATE INDEX crm_connections_by_time ON crm_connections (tenant_id, created_at DESC, id DESC);

CREATE SEQUENCE crm_delivery_positions;

CREATE TABLE crm_deliveries (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  event_id uuid NOT NULL,
  position bigint NOT NULL DEFAULT nextval('crm_delivery_positions'),
  record text NOT NULL,
  keys text[] NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(3) NOT NULL DEFAULT now(),
  last_status smallint,
  last_fault text,
  last_detail text,
  settled_at timestamptz(3),
  PRIMARY KEY (connection_id, event_id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES crm_connections (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, event_id) REFERENCES outbox_events (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_deliveries_waiting ON crm_deliveries (connection_id, position) WHERE state = 'pending';
CREATE INDEX crm_deliveries_waiting_keys ON crm_deliveries USING gin (keys) WHERE state = 'pending';
CREATE INDEX crm_deliveries_dead ON crm_deliveries (connection_id, settled_at) WHERE state = 'dead';
CREATE INDEX crm_deliveries_by_record ON crm_deliveries (connection_id, record, position);
CREATE INDEX crm_deliveries_by_event ON crm_deliveries (event_id);
`;

export class CrmConnections1795606500000 implements MigrationInterface {
  readonly name = 'CrmConnections1795606500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE crm_deliveries, crm_connections');
    await runner.query('DROP SEQUENCE crm_delivery_positions');
  }
}
