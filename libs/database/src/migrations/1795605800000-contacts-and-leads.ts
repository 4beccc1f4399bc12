import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Leads, and messages that callers leave for the staff. Events may be about them, and about further things
 * later: the constraint asks for the form of a kind of subject, not for one of a list.
 */

const LEADS = `
CREATE TABLE leads (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  contact_id uuid,
  name text,
  summary text NOT NULL,
  source text NOT NULL CHECK (source IN ('call', 'web', 'api')),
  urgency text NOT NULL CHECK (urgency IN ('low', 'normal', 'high', 'emergency')),
  stage text NOT NULL CHECK (stage IN ('new', 'contacted', 'qualified', 'won', 'lost')),
  call_id uuid,
  tool_call_id text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT leads_tool_call_key UNIQUE (tenant_id, tool_call_id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX leads_by_time ON leads (tenant_id, created_at DESC, id DESC);
CREATE INDEX leads_by_contact ON leads (contact_id, created_at DESC, id DESC);
`;

const STAFF_MESSAGES = `
CREATE TABLE staff_messages (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  contact_id uuid,
  name text,
  for_whom text,
  body text NOT NULL,
  urgency text NOT NULL CHECK (urgency IN ('low', 'normal', 'high', 'emergency')),
  is_callback_wanted boolean NOT NULL,
  callback_from timestamptz(3),
  callback_until timestamptz(3),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done')),
  call_id uuid,
  tool_call_id text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  done_at timestamptz(3),
  CHECK ((state = 'done') = (done_at IS NOT NULL)),
  CHECK ((callback_from IS NULL) = (callback_until IS NULL) AND callback_from < callback_until),
  CHECK (is_callback_wanted OR callback_from IS NULL),
  CONSTRAINT staff_messages_tool_call_key UNIQUE (tenant_id, tool_call_id),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX staff_messages_by_time ON staff_messages (tenant_id, created_at DESC, id DESC);
CREATE INDEX staff_messages_by_contact ON staff_messages (contact_id, created_at DESC, id DESC);
`;

/* Not checked against the rows, which satisfied a stricter one: the table is held for a moment only. */
const SUBJECTS = `
ALTER TABLE outbox_events DROP CONSTRAINT outbox_events_subject_kind_check;
ALTER TABLE outbox_events ADD CONSTRAINT outbox_events_subject_kind_check
  CHECK (subject_kind ~ '^[a-z][a-z-]{0,39}$') NOT VALID;
`;

const FORMER_SUBJECTS = `
DELETE FROM outbox_events WHERE subject_kind NOT IN ('call', 'booking', 'endpoint');
DELETE FROM outbox_sequences WHERE subject_kind NOT IN ('call', 'booking', 'endpoint');
ALTER TABLE outbox_events DROP CONSTRAINT outbox_events_subject_kind_check;
ALTER TABLE outbox_events ADD CONSTRAINT outbox_events_subject_kind_check
  CHECK (subject_kind IN ('call', 'booking', 'endpoint'));
`;

export class ContactsAndLeads1795605800000 implements MigrationInterface {
  readonly name = 'ContactsAndLeads1795605800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [LEADS, STAFF_MESSAGES, SUBJECTS]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(FORMER_SUBJECTS);
    await runner.query('DROP TABLE staff_messages, leads');
  }
}
