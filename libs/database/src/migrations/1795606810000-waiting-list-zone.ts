import type { MigrationInterface, QueryRunner } from 'typeorm';

/* The zone a person waits in. Services of the release before offer times without regard to it. */
export class WaitingListZone1795606810000 implements MigrationInterface {
  readonly name = 'WaitingListZone1795606810000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE waiting_list ADD COLUMN zone_id uuid REFERENCES zones ON DELETE SET NULL',
    );
    await runner.query(
      'CREATE INDEX waiting_list_by_zone ON waiting_list (zone_id) WHERE zone_id IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE waiting_list DROP COLUMN zone_id');
  }
}
