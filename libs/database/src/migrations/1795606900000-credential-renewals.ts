import type { MigrationInterface, QueryRunner } from 'typeorm';

/* Who renews the credentials of a connection at present, and until when nobody else does. */
export class CredentialRenewals1795606900000 implements MigrationInterface {
  readonly name = 'CredentialRenewals1795606900000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['crm_connections', 'calendar_connections'])
      await runner.query(
        `ALTER TABLE ${table} ADD COLUMN renewal_id uuid, ADD COLUMN renewing_until timestamptz(3)`,
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['crm_connections', 'calendar_connections'])
      await runner.query(`ALTER TABLE ${table} DROP COLUMN renewal_id, DROP COLUMN renewing_until`);
  }
}
