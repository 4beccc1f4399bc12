import { createTestDatabase } from '@tandem/stack';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../connection/data-source.ts';
import { runMigrations } from '../connection/migrate.ts';

export interface FreshDatabase {
  readonly url: string;
  /** Opens a pool that `drop` closes. */
  open(poolSize?: number): Promise<DataSource>;
  drop(): Promise<void>;
}

/** Creates a database for one spec file, migrated by default. */
export async function freshDatabase(options: { isMigrated?: boolean } = {}): Promise<FreshDatabase> {
  const { url, drop } = await createTestDatabase(
    (options.isMigrated ?? true) ? { name: 'migrated', prepare: runMigrations } : undefined,
  );
  const opened: DataSource[] = [];
  return {
    url,
    async open(poolSize = 5) {
      const dataSource = createDataSource({ url, poolSize });
      opened.push(dataSource);
      return dataSource.initialize();
    },
    async drop() {
      for (const dataSource of opened) if (dataSource.isInitialized) await dataSource.destroy();
      await drop();
    },
  };
}
