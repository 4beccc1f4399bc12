import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Contacts have any number of phone numbers and e-mail addresses, consents with their history, and can be
 * merged. `contacts.phone` and `contacts.email` stay the primary ones: a trigger keeps their points in step,
 * for releases that know the columns alone too. Beside contacts stand leads, and messages that callers leave
 * for the staff. Events may be about all of these, and about further things later: the constraint asks for
 * the form of a kind of subject, not for one of a list.
 */

const CONTACT_POINTS = `
CREATE TABLE contact_points (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('phone', 'email')),
  value text NOT NULL,
  label text NOT NULL DEFAULT '',
  is_primary boolean NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT contact_points_value_key UNIQUE (tenant_id, kind, value),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_points_by_contact ON contact_points (contact_id);
CREATE UNIQUE INDEX contact_points_primary_key ON contact_points (contact_id, kind) WHERE is_primary;
CREATE INDEX contacts_by_name ON contacts (tenant_id, lower(name) text_pattern_ops);
`;

/* A value that is another contact's point already stays theirs. */
const PRIMARY_POINTS = `
CREATE FUNCTION keep_primary_point(owner_tenant uuid, owner uuid, kind_of text, written text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM contact_points WHERE contact_id = owner AND kind = kind_of AND is_primary
    AND value IS DISTINCT FROM written;
  IF written IS NOT NULL THEN
    INSERT INTO contact_points (tenant_id, contact_id, kind, value, is_primary)
    VALUES (owner_tenant, owner, kind_of, written, true)
    ON CONFLICT (tenant_id, kind, value) DO UPDATE SET is_primary = true
      WHERE contact_points.contact_id = excluded.contact_id;
  END IF;
END
$$;
CREATE FUNCTION keep_primary_points() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.phone <> OLD.phone THEN
    PERFORM keep_primary_point(NEW.tenant_id, NEW.id, 'phone', NEW.phone);
  END IF;
  IF TG_OP = 'INSERT' OR NEW.email IS DISTINCT FROM OLD.email THEN
    PERFORM keep_primary_point(NEW.tenant_id, NEW.id, 'email', nullif(lower(trim(NEW.email)), ''));
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER contacts_have_primary_points AFTER INSERT OR UPDATE OF phone, email ON contacts
  FOR EACH ROW EXECUTE FUNCTION keep_primary_points();
INSERT INTO contact_points (tenant_id, contact_id, kind, value, is_primary)
  SELECT tenant_id, id, 'phone', phone, true FROM contacts
  UNION ALL SELECT tenant_id, id, 'email', lower(trim(email)), true FROM contacts WHERE trim(email) <> ''
  ON CONFLICT DO NOTHING;
`;

const CONSENTS = `
CREATE TABLE contact_consents (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('sms', 'email', 'marketing', 'recording')),
  state text NOT NULL CHECK (state IN ('granted', 'denied')),
  source text NOT NULL,
  at timestamptz(3) NOT NULL,
  call_id uuid,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_consents_by_time ON contact_consents (contact_id, purpose, at DESC, created_at DESC);
`;

const MERGES = `
CREATE TABLE contact_merges (
  tenant_id uuid NOT NULL,
  merged_id uuid NOT NULL,
  into_id uuid NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, merged_id),
  FOREIGN KEY (tenant_id, into_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_merges_by_into ON contact_merges (tenant_id, into_id);
`;

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
    const parts = [CONTACT_POINTS, PRIMARY_POINTS, CONSENTS, MERGES, LEADS, STAFF_MESSAGES, SUBJECTS];
    for (const part of parts) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(FORMER_SUBJECTS);
    await runner.query('DROP TRIGGER contacts_have_primary_points ON contacts');
    await runner.query('DROP FUNCTION keep_primary_points(), keep_primary_point(uuid, uuid, text, text)');
    await runner.query('DROP INDEX contacts_by_name');
    await runner.query('DROP TABLE staff_messages, leads, contact_merges, contact_consents, contact_points');
  }
}
