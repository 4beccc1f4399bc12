import type { MigrationInterface, QueryRunner } from 'typeorm';

/* A webhook endpoint may limit its events to those about some agents, numbers, services or resources. */

const UP = `
ALTER TABLE webhook_endpoints ADD COLUMN filters jsonb NOT NULL DEFAULT '{}'
  CHECK (jsonb_typeof(filters) = 'object');
`;

const DOWN = `
ALTER TABLE webhook_endpoints DROP COLUMN filters;
`;

export class WebhookFilters1795606300000 implements MigrationInterface {
  readonly name = 'WebhookFilters1795606300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
