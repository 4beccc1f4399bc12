import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../data-source.ts';
import { runMigrations } from '../migrate.ts';

export interface FreshDatabase {
  readonly url: string;
  /** Opens a pool that `drop` closes. */
  open(poolSize?: number): Promise<DataSource>;
  drop(): Promise<void>;
}

/** An empty database of its own for one spec file, on the server of TEST_DATABASE_URL. */
export async function freshDatabase(options: { isMigrated?: boolean } = {}): Promise<FreshDatabase> {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new TypeError('TEST_DATABASE_URL is not set; run integration specs with npm run test:int.');
  const name = `spec_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  if (options.isMigrated ?? true) await runMigrations(url.href);
  const opened: DataSource[] = [];
  return {
    url: url.href,
    async open(poolSize = 5) {
      const dataSource = createDataSource({ url: url.href, poolSize });
      opened.push(dataSource);
      return dataSource.initialize();
    },
    async drop() {
      for (const dataSource of opened) if (dataSource.isInitialized) await dataSource.destroy();
      await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
