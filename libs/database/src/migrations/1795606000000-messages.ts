import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Messages to and from people outside: a thread is what one party and one of our addresses write to each
 * other. The row of a message is the truth about it: a job carries its id only, and `due_at` finds the ones
 * whose job was lost.
 */

const UP = `
CREATE TABLE messages (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  thread_id uuid NOT NULL,
  direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
  channel text NOT NULL CHECK (channel IN ('sms', 'email')),
  own_address text NOT NULL,
  party text NOT NULL,
  subject text NOT NULL DEFAULT '',
  body text NOT NULL,
  media_count smallint NOT NULL DEFAULT 0,
  status text NOT NULL,
  reason text,
  account_id text,
  provider_id text,
  answers_id uuid REFERENCES messages ON DELETE SET NULL,
  call_id uuid,
  tool_call_id text,
  due_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  changed_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX messages_provider_key ON messages (channel, provider_id) WHERE provider_id IS NOT NULL;
CREATE UNIQUE INDEX messages_answers_key ON messages (answers_id) WHERE answers_id IS NOT NULL;
CREATE UNIQUE INDEX messages_tool_call_key ON messages (tenant_id, tool_call_id)
  WHERE tool_call_id IS NOT NULL;
CREATE INDEX messages_by_time ON messages (tenant_id, created_at DESC, id DESC);
CREATE INDEX messages_by_party ON messages (tenant_id, party, own_address, created_at DESC, id DESC);
CREATE INDEX messages_by_thread ON messages (thread_id, created_at);
CREATE INDEX messages_by_call ON messages (call_id) WHERE call_id IS NOT NULL;
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE message_optouts (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  own_address text NOT NULL,
  party text NOT NULL,
  state text NOT NULL CHECK (state IN ('out', 'in')),
  source text NOT NULL CHECK (source IN ('message', 'carrier')),
  at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, own_address, party)
);
`;

const DOWN = `
DROP TABLE message_optouts, messages;
DELETE FROM outbox_events WHERE subject_kind = 'message';
DELETE FROM outbox_sequences WHERE subject_kind = 'message';
`;

export class Messages1795606000000 implements MigrationInterface {
  readonly name = 'Messages1795606000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
