import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * The foreign keys that did not carry the tenant yet, so that no row points across tenants whatever the code
 * does. Those that clear the column when the other row goes stay beside the new ones: together they need no
 * `SET NULL (column)`, which PostgreSQL has from 15 on only. The new one is checked at the end of the
 * transaction, when the column is clear.
 */

/** The column of a table that refers to a row of another. */
interface Reference {
  readonly table: string;
  readonly column: string;
  readonly to: string;
}

/** Tables that are referred to without their tenant so far. */
const REFERRED = [
  'analysis_runs',
  'bookings',
  'calendar_connections',
  'call_analyses',
  'locations',
  'messages',
];

const GO_WITH: readonly Reference[] = [
  { table: 'analysis_run_calls', column: 'analysis_id', to: 'call_analyses' },
  { table: 'analysis_run_calls', column: 'run_id', to: 'analysis_runs' },
  { table: 'booking_notices', column: 'booking_id', to: 'bookings' },
  { table: 'calendar_busy', column: 'connection_id', to: 'calendar_connections' },
  { table: 'calendar_events', column: 'booking_id', to: 'bookings' },
  { table: 'calendar_events', column: 'connection_id', to: 'calendar_connections' },
  { table: 'call_analyses', column: 'call_id', to: 'calls' },
];

const ARE_CLEARED: readonly Reference[] = [
  { table: 'bookings', column: 'zone_id', to: 'zones' },
  { table: 'messages', column: 'answers_id', to: 'messages' },
  { table: 'resources', column: 'location_id', to: 'locations' },
  { table: 'waiting_list', column: 'booking_id', to: 'bookings' },
  { table: 'zones', column: 'location_id', to: 'locations' },
];

const add = ({ table, column, to }: Reference, rule: string): string =>
  `ALTER TABLE ${table} ADD CONSTRAINT ${table}_${column}_tenant_fkey
     FOREIGN KEY (tenant_id, ${column}) REFERENCES ${to} (tenant_id, id) ${rule}`;
const drop = ({ table, column }: Reference): string =>
  `ALTER TABLE ${table} DROP CONSTRAINT ${table}_${column}_tenant_fkey`;

export class TenantReferences1795607200000 implements MigrationInterface {
  readonly name = 'TenantReferences1795607200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of REFERRED)
      await runner.query(
        `ALTER TABLE ${table} ADD CONSTRAINT ${table}_tenant_id_id_key UNIQUE (tenant_id, id)`,
      );
    for (const reference of GO_WITH) {
      await runner.query(add(reference, 'ON DELETE CASCADE'));
      const { table, column } = reference;
      await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_${column}_fkey`);
    }
    for (const reference of ARE_CLEARED) await runner.query(add(reference, 'DEFERRABLE INITIALLY DEFERRED'));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const reference of ARE_CLEARED) await runner.query(drop(reference));
    for (const reference of GO_WITH) {
      const { table, column, to } = reference;
      await runner.query(
        `ALTER TABLE ${table} ADD CONSTRAINT ${table}_${column}_fkey
           FOREIGN KEY (${column}) REFERENCES ${to} ON DELETE CASCADE`,
      );
      await runner.query(drop(reference));
    }
    for (const table of REFERRED)
      await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_tenant_id_id_key`);
  }
}
