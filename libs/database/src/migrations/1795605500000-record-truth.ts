import type { MigrationInterface, QueryRunner } from 'typeorm';

/* A record says what it lacks, and which models really spoke. */
export class RecordTruth1795605500000 implements MigrationInterface {
  readonly name = 'RecordTruth1795605500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE calls ADD COLUMN missing_events integer NOT NULL DEFAULT 0, ADD COLUMN models jsonb ' +
        `NOT NULL DEFAULT '[]'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE calls DROP COLUMN missing_events, DROP COLUMN models');
  }
}
