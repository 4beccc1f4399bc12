import type { MigrationInterface, QueryRunner } from 'typeorm';

/* Secrets of tenants that the tools of their agents name, sealed. */
export class TenantSecrets1795605900000 implements MigrationInterface {
  readonly name = 'TenantSecrets1795605900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE tenant_secrets (
        tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
        name text NOT NULL,
        sealed text NOT NULL,
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, name)
      )`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tenant_secrets');
  }
}
