import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * What the carrier found out about a caller's right to their number, and whether a number believes callers
 * nobody vouches for.
 */
export class Attestation1795605200000 implements MigrationInterface {
  readonly name = 'Attestation1795605200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE phone_numbers ADD COLUMN unverified_callers text NOT NULL DEFAULT 'trust' CHECK ` +
        `(unverified_callers IN ('trust', 'distrust'))`,
    );
    await runner.query('ALTER TABLE calls ADD COLUMN attestation text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE calls DROP COLUMN attestation');
    await runner.query('ALTER TABLE phone_numbers DROP COLUMN unverified_callers');
  }
}
