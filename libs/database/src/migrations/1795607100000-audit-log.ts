import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * The audit log. Each tenant has a chain of entries, numbered without gaps, each with the hash of the one
 * before, and a head that tells the newest. Only audit_append() writes them: it runs as the owner of the
 * tables, so the role of the services needs no right on them but to read.
 */

const TABLES = `
CREATE TABLE audit_heads (
  tenant_id uuid PRIMARY KEY,
  seq bigint NOT NULL DEFAULT 0,
  hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
  at timestamptz(3) NOT NULL DEFAULT 'epoch',
  digest_key bytea NOT NULL
    DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
);

CREATE TABLE audit_entries (
  tenant_id uuid NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  at timestamptz(3) NOT NULL,
  actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'key', 'service')),
  actor_id text,
  act text NOT NULL,
  object_kind text NOT NULL,
  object_id text,
  refusal text,
  digest_before text,
  digest_after text,
  address text,
  reason text,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX audit_entries_by_time ON audit_entries (tenant_id, at, seq);
CREATE INDEX audit_entries_by_actor ON audit_entries (tenant_id, actor_id, seq);
CREATE INDEX audit_entries_by_act ON audit_entries (tenant_id, act, seq);
CREATE INDEX audit_entries_by_object ON audit_entries (tenant_id, object_id, seq);

CREATE TABLE api_key_addresses (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  api_key_id uuid NOT NULL REFERENCES api_keys ON DELETE CASCADE,
  address text NOT NULL,
  first_used_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (api_key_id, address)
);
CREATE INDEX api_key_addresses_by_tenant ON api_key_addresses (tenant_id);
`;

// Entries change never, heads only by the next entry. The triggers hold for the owner of the tables as well.
const GUARDS = `
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: the audit log is only ever added to', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_entries_stay_all BEFORE TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_heads_stay BEFORE DELETE ON audit_heads
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_heads_stay_all BEFORE TRUNCATE ON audit_heads
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_heads_go_on BEFORE UPDATE ON audit_heads
  FOR EACH ROW
  WHEN (NEW.seq <> OLD.seq + 1 OR NEW.tenant_id <> OLD.tenant_id OR NEW.digest_key <> OLD.digest_key)
  EXECUTE FUNCTION refuse_audit_change();
`;

// A tenant has a head from its first moment, so that a chain that was removed whole is missed.
const HEADS = `
CREATE FUNCTION begin_audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO audit_heads (tenant_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
CREATE TRIGGER tenants_begin_audit_chain AFTER INSERT ON tenants
  FOR EACH ROW EXECUTE FUNCTION begin_audit_chain();
INSERT INTO audit_heads (tenant_id) SELECT id FROM tenants;
`;

/*
 * A hash is SHA-256 of the previous hash and of the text of audit_entry_text(): fields in a fixed order, each
 * with its length, so that no two entries have the same text. libs/database/src/audit/chain.ts computes the
 * same to verify. The row lock on the head is taken last and held until the transaction ends: entries of one
 * tenant are written one after the other, and those of a transaction that rolls back leave no gap.
 */
const APPEND = `
CREATE FUNCTION audit_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(octet_length(convert_to(value, 'UTF8')) || ':' || value, '-')
$$;

CREATE FUNCTION audit_entry_text(entry audit_entries) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT 'tandem-audit-1 ' || audit_field(entry.tenant_id::text) || audit_field(entry.seq::text)
    || audit_field((extract(epoch FROM entry.at) * 1000)::bigint::text)
    || audit_field(entry.actor_kind) || audit_field(entry.actor_id) || audit_field(entry.act)
    || audit_field(entry.object_kind) || audit_field(entry.object_id) || audit_field(entry.refusal)
    || audit_field(entry.digest_before) || audit_field(entry.digest_after)
    || audit_field(entry.address) || audit_field(entry.reason)
$$;

CREATE FUNCTION audit_digest(key bytea, hash text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(key || decode(hash, 'hex')), 'hex')
$$;

CREATE FUNCTION audit_append(tenant uuid, act jsonb) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  head audit_heads;
  entry audit_entries;
BEGIN
  SELECT * INTO head FROM audit_heads WHERE tenant_id = tenant FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO audit_heads (tenant_id) VALUES (tenant) ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM audit_heads WHERE tenant_id = tenant FOR UPDATE;
  END IF;
  entry.tenant_id := tenant;
  entry.seq := head.seq + 1;
  entry.at := greatest(clock_timestamp()::timestamptz(3), head.at);
  entry.actor_kind := act ->> 'actorKind';
  entry.actor_id := act ->> 'actorId';
  entry.act := act ->> 'name';
  entry.object_kind := split_part(entry.act, '.', 1);
  entry.object_id := coalesce(act ->> 'objectId',
    'digest-' || left(audit_digest(head.digest_key, act ->> 'objectHash'), 32));
  entry.refusal := act ->> 'refusal';
  entry.digest_before := audit_digest(head.digest_key, act ->> 'before');
  entry.digest_after := audit_digest(head.digest_key, act ->> 'after');
  entry.address := act ->> 'address';
  entry.reason := act ->> 'reason';
  entry.previous_hash := head.hash;
  entry.hash := sha256(head.hash || convert_to(audit_entry_text(entry), 'UTF8'));
  INSERT INTO audit_entries SELECT entry.*;
  UPDATE audit_heads SET seq = entry.seq, hash = entry.hash, at = entry.at WHERE tenant_id = tenant;
  RETURN entry.seq;
END
$$;
`;

// Roles that were given rights on new tables by default keep the right to read. The functions find the tables
// of this schema whatever the caller's path is, and never a temporary table of the same name.
const RIGHTS = `
DO $$
DECLARE
  role record;
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_append(uuid, jsonb)', 'audit_entry_text(audit_entries)',
      'begin_audit_chain()'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', name, current_schema());
  END LOOP;
  FOR role IN
    SELECT DISTINCT grantee.rolname AS name
    FROM pg_class, aclexplode(relacl) given JOIN pg_roles grantee ON grantee.oid = given.grantee
    WHERE pg_class.oid IN ('audit_entries'::regclass, 'audit_heads'::regclass) AND given.grantee <> relowner
  LOOP
    EXECUTE format(
      'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_entries, audit_heads FROM %I', role.name);
  END LOOP;
END
$$;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_entries, audit_heads FROM PUBLIC;
`;

const DOWN = `
DROP TRIGGER tenants_begin_audit_chain ON tenants;
DROP FUNCTION begin_audit_chain, audit_append, audit_digest, audit_entry_text, audit_field;
DROP TABLE api_key_addresses, audit_entries, audit_heads;
DROP FUNCTION refuse_audit_change;
`;

export class AuditLog1795607100000 implements MigrationInterface {
  readonly name = 'AuditLog1795607100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [TABLES, GUARDS, HEADS, APPEND, RIGHTS]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
