import type { MigrationInterface, QueryRunner } from 'typeorm';

/* What calls cost, and what a tenant's calls may cost. Money is in micros: millionths of a US dollar. */

const UP = `
ALTER TABLE calls ADD COLUMN cost_micros bigint CHECK (cost_micros >= 0), ADD COLUMN cost jsonb;

CREATE TABLE tenant_budgets (
  tenant_id uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  daily_micros bigint CHECK (daily_micros >= 0),
  monthly_micros bigint CHECK (monthly_micros >= 0),
  warn_share double precision NOT NULL DEFAULT 0.8 CHECK (warn_share BETWEEN 0.1 AND 1)
);
`;

const DOWN = `
DROP TABLE tenant_budgets;
ALTER TABLE calls DROP COLUMN cost_micros, DROP COLUMN cost;
`;

export class Cost1795604500000 implements MigrationInterface {
  readonly name = 'Cost1795604500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
