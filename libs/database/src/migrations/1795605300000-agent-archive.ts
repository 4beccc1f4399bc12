import type { MigrationInterface, QueryRunner } from 'typeorm';

/* An agent nobody needs any more is put away: its versions, and the calls it took, stay. */
export class AgentArchive1795605300000 implements MigrationInterface {
  readonly name = 'AgentArchive1795605300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE agents ADD COLUMN archived_at timestamptz(3)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE agents DROP COLUMN archived_at');
  }
}
