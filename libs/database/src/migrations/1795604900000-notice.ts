import type { MigrationInterface, QueryRunner } from 'typeorm';

/* How long before its start an appointment is booked at the latest. */
export class Notice1795604900000 implements MigrationInterface {
  readonly name = 'Notice1795604900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE services ADD COLUMN notice_minutes integer NOT NULL DEFAULT 0 CHECK (notice_minutes ' +
        'BETWEEN 0 AND 43200)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE services DROP COLUMN notice_minutes');
  }
}
