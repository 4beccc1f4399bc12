import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Numbers are stored as the numbering plans have them now: Mexico's mobiles without the 1, Brazil's with the
 * ninth digit. A person who was stored under two forms of one number becomes one contact, with the bookings
 * of both. Argentina's 9 is left as it is, but of two rows the one with it stays.
 */
const UP = `
CREATE FUNCTION pg_temp.number_now(written text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(regexp_replace(written, '^\\+521(\\d{10})$', '+52\\1'),
    '^\\+55([1-9]\\d)([6-9]\\d{7})$', '+55\\19\\2')
$$;
/* The form that stays where a number is stored in this one too. */
CREATE FUNCTION pg_temp.number_kept(written text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(pg_temp.number_now(written), '^\\+54([1-8]\\d{9})$', '+549\\1')
$$;

CREATE TEMPORARY TABLE merged_contacts ON COMMIT DROP AS
  SELECT gone.id AS gone_id, kept.id AS kept_id, gone.tenant_id
  FROM contacts gone JOIN contacts kept ON kept.tenant_id = gone.tenant_id
    AND kept.phone = pg_temp.number_kept(gone.phone) AND kept.id <> gone.id;
UPDATE contacts kept SET
  name = coalesce(kept.name, gone.name), email = coalesce(kept.email, gone.email),
    language = coalesce(kept.language, gone.language),
  notes = concat_ws(E'\\n', nullif(kept.notes, ''), nullif(gone.notes, '')),
    created_at = least(kept.created_at, gone.created_at), updated_at = now()
FROM merged_contacts merged JOIN contacts gone ON gone.id = merged.gone_id WHERE kept.id = merged.kept_id;
UPDATE bookings SET contact_id = merged.kept_id FROM merged_contacts merged
  WHERE bookings.contact_id = merged.gone_id;
DELETE FROM contacts USING merged_contacts merged WHERE contacts.id = merged.gone_id;
UPDATE contacts SET phone = pg_temp.number_now(phone) WHERE phone <> pg_temp.number_now(phone);

DELETE FROM blocked_callers gone USING blocked_callers kept
  WHERE kept.tenant_id = gone.tenant_id AND kept.pattern = pg_temp.number_kept(gone.pattern)
    AND kept.id <> gone.id
    AND kept.phone_number_id IS NOT DISTINCT FROM gone.phone_number_id;
UPDATE blocked_callers SET pattern = pg_temp.number_now(pattern) WHERE pattern <> pg_temp.number_now(pattern);

DELETE FROM caller_group_members gone USING caller_group_members kept
  WHERE kept.group_id = gone.group_id AND kept.pattern = pg_temp.number_kept(gone.pattern)
    AND kept.pattern <> gone.pattern;
UPDATE caller_group_members SET pattern = pg_temp.number_now(pattern)
  WHERE pattern <> pg_temp.number_now(pattern);

UPDATE phone_numbers SET e164 = pg_temp.number_now(e164)
  WHERE e164 <> pg_temp.number_now(e164) AND NOT EXISTS (SELECT 1 FROM phone_numbers other
    WHERE other.e164 = pg_temp.number_now(phone_numbers.e164));

DROP FUNCTION pg_temp.number_kept(text);
DROP FUNCTION pg_temp.number_now(text);
`;

export class NumberForms1795605100000 implements MigrationInterface {
  readonly name = 'NumberForms1795605100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  /** Older releases look numbers up as they are stored; what was merged stays merged. */
  async down(): Promise<void> {
    // Nothing to take back.
  }
}
