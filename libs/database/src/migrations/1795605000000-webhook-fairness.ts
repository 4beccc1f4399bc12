import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * What a fair claim of deliveries needs to know of an endpoint: when it last had a turn, how many tries in a
 * row its receiver did not take, and until when one probe of it is under way. And headers of the receiver's
 * own, sealed.
 */

const UP = `
ALTER TABLE webhook_endpoints
  ADD COLUMN claimed_at timestamptz(3),
  ADD COLUMN failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
  ADD COLUMN probing_until timestamptz(3),
  ADD COLUMN header_names text[] NOT NULL DEFAULT '{}',
  ADD COLUMN sealed_headers text,
  ADD CHECK ((sealed_headers IS NULL) = (header_names = '{}'));
`;

const DOWN = `
ALTER TABLE webhook_endpoints
  DROP COLUMN claimed_at, DROP COLUMN failures, DROP COLUMN probing_until, DROP COLUMN header_names,
    DROP COLUMN sealed_headers;
`;

export class WebhookFairness1795605000000 implements MigrationInterface {
  readonly name = 'WebhookFairness1795605000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
