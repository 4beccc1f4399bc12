import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * A freed time whose offer fails is tried again later, behind the others. Services of the release before note
 * times without saying when they are due: at once.
 */
export class FreedTimeAttempts1795606800000 implements MigrationInterface {
  readonly name = 'FreedTimeAttempts1795606800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE freed_times ADD COLUMN attempts integer NOT NULL DEFAULT 0,
         ADD COLUMN next_attempt_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()`,
    );
    await runner.query('UPDATE freed_times SET next_attempt_at = created_at');
    await runner.query('CREATE INDEX freed_times_by_attempt ON freed_times (next_attempt_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE freed_times DROP COLUMN attempts, DROP COLUMN next_attempt_at');
  }
}
