import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * What is decided at the door: who may call a number, who a caller is, in which language, which arm of an
 * experiment, and where a call may be put through to. A pattern is a number in E.164, or its beginning and a
 * star.
 */

// A group that a number lets in is not deleted: nobody could call that number any more.
const PATTERN = `CHECK (pattern ~ '^\\+[1-9]([0-9]{6,14}|[0-9]{0,13}\\*)$')`;
/** Stands for "every number of the tenant" where a column of a unique index must not be null. */
const EVERY_NUMBER = `'00000000-0000-0000-0000-000000000000'::uuid`;

const UP = `
ALTER TABLE tenants ADD COLUMN experiment_salt uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE contacts ADD COLUMN language text;

ALTER TABLE phone_numbers
  ADD COLUMN language text,
  ADD COLUMN access_mode text NOT NULL DEFAULT 'open' CHECK (access_mode IN ('open', 'allow-list')),
  ADD COLUMN withheld_callers text NOT NULL DEFAULT 'accept' CHECK (withheld_callers IN ('accept', 'refuse')),
  ADD COLUMN refusal_text text NOT NULL DEFAULT '';

CREATE TABLE caller_groups (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  key text NOT NULL CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text NOT NULL,
  greeting text NOT NULL DEFAULT '',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  CONSTRAINT caller_groups_key_key UNIQUE (tenant_id, key)
);

CREATE TABLE caller_group_members (
  tenant_id uuid NOT NULL,
  group_id uuid NOT NULL,
  pattern text NOT NULL ${PATTERN},
  PRIMARY KEY (group_id, pattern),
  FOREIGN KEY (tenant_id, group_id) REFERENCES caller_groups (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX caller_group_members_by_pattern ON caller_group_members (tenant_id, pattern);

CREATE TABLE phone_number_groups (
  tenant_id uuid NOT NULL,
  phone_number_id uuid NOT NULL,
  group_id uuid NOT NULL,
  PRIMARY KEY (phone_number_id, group_id),
  FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT phone_number_groups_group_fkey FOREIGN KEY (tenant_id, group_id)
    REFERENCES caller_groups (tenant_id, id)
);

CREATE TABLE blocked_callers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  phone_number_id uuid,
  pattern text NOT NULL ${PATTERN},
  note text NOT NULL DEFAULT '',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX blocked_callers_once ON blocked_callers (tenant_id, pattern, coalesce(phone_number_id,
  ${EVERY_NUMBER}));

CREATE TABLE departments (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  key text NOT NULL CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text NOT NULL,
  address text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('cold', 'warm')),
  ring_ms integer NOT NULL CHECK (ring_ms BETWEEN 5000 AND 120000),
  hours jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(hours) = 'array'),
  PRIMARY KEY (tenant_id, key)
);

ALTER TABLE calls ADD COLUMN language text, ADD COLUMN variant_key text, ADD COLUMN caller_group text;
CREATE INDEX calls_by_variant ON calls (tenant_id, variant_key, admitted_at DESC, id DESC)
  WHERE variant_key IS NOT NULL;
`;

const DOWN = `
DROP INDEX calls_by_variant;
ALTER TABLE calls DROP COLUMN language, DROP COLUMN variant_key, DROP COLUMN caller_group;
DROP TABLE departments, blocked_callers, phone_number_groups, caller_group_members, caller_groups;
ALTER TABLE phone_numbers DROP COLUMN language, DROP COLUMN access_mode, DROP COLUMN withheld_callers,
  DROP COLUMN refusal_text;
ALTER TABLE contacts DROP COLUMN language;
ALTER TABLE tenants DROP COLUMN experiment_salt;
`;

export class Admission1795604400000 implements MigrationInterface {
  readonly name = 'Admission1795604400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
