import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * What a business needs that is set up over the API: a language of its own, and keys that show which one
 * they are, end, and tell when they were used last. Keys that may change all settings are given the new
 * scope once.
 */

const UP = `
ALTER TABLE tenants ADD COLUMN language text;
CREATE INDEX tenants_by_time ON tenants (created_at DESC, id DESC);
ALTER TABLE api_keys
  ADD COLUMN prefix text,
  ADD COLUMN expires_at timestamptz(3),
  ADD COLUMN last_used_at timestamptz(3);
UPDATE api_keys SET scopes = array_append(scopes, 'keys:write')
  WHERE 'admin:write' = ANY(scopes) AND NOT 'keys:write' = ANY(scopes);
`;

const DOWN = `
UPDATE api_keys SET scopes = array_remove(array_remove(scopes, 'keys:write'), 'platform:admin');
ALTER TABLE api_keys DROP COLUMN prefix, DROP COLUMN expires_at, DROP COLUMN last_used_at;
DROP INDEX tenants_by_time;
ALTER TABLE tenants DROP COLUMN language;
`;

export class SetUp1795605700000 implements MigrationInterface {
  readonly name = 'SetUp1795605700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
