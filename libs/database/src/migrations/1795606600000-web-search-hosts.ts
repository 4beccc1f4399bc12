import type { MigrationInterface, QueryRunner } from 'typeorm';

/* The hosts that a tenant's agents may find on the web. */
export class WebSearchHosts1795606600000 implements MigrationInterface {
  readonly name = 'WebSearchHosts1795606600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE web_search_hosts (
        tenant_id uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
        allowed text[] NOT NULL DEFAULT '{}',
        denied text[] NOT NULL DEFAULT '{}'
      )`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE web_search_hosts');
  }
}
