import type { MigrationInterface, QueryRunner } from 'typeorm';

/* Calls that never came to an agent are looked for by their reason: most tenants have few. */
export class Refusals1795604800000 implements MigrationInterface {
  readonly name = 'Refusals1795604800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX calls_by_refusal ON calls (tenant_id, refusal_reason, admitted_at DESC, id DESC) ' +
        'WHERE refusal_reason IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX calls_by_refusal');
  }
}
