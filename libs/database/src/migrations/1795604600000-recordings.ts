import type { MigrationInterface, QueryRunner } from 'typeorm';

/* What was recorded of calls, and who has had it. The sound itself is elsewhere, sealed. */

const UP = `
CREATE TABLE recordings (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  call_id uuid NOT NULL,
  started_at_ms integer NOT NULL,
  duration_ms integer,
  bytes bigint,
  outcome text NOT NULL CHECK (outcome IN ('running', 'complete', 'failed')),
  FOREIGN KEY (tenant_id, call_id) REFERENCES calls (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX recordings_of_call ON recordings (call_id);

CREATE TABLE recording_accesses (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  recording_id uuid NOT NULL,
  api_key_id uuid,
  action text NOT NULL CHECK (action IN ('played', 'verified', 'deleted')),
  at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX recording_accesses_of_recording ON recording_accesses (tenant_id, recording_id, id);
`;

const DOWN = `
DROP TABLE recording_accesses;
DROP TABLE recordings;
`;

export class Recordings1795604600000 implements MigrationInterface {
  readonly name = 'Recordings1795604600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
