import { randomUUID } from 'node:crypto';
import { createDataSource, run, runMigrations } from '@tandem/database';

export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A migrated database of its own for one spec file, on the server of TEST_DATABASE_URL. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new TypeError('TEST_DATABASE_URL is not set; run integration specs with npm run test:int.');
  const name = `crm_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  await runMigrations(url.href);
  return { url: url.href, drop: () => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(url: string, sql: string): Promise<void> {
  const dataSource = await createDataSource({ url, poolSize: 1, statementTimeoutMs: 0 }).initialize();
  await run(dataSource, (manager) => manager.query(sql));
  await dataSource.destroy();
}
