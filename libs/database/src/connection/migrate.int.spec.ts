import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase, type FreshDatabase } from '../test/fresh-database.ts';
import { databaseProblem } from './connection.ts';
import { createDataSource } from './data-source.ts';
import { ENTITIES, MIGRATIONS } from './schema.ts';
import { runMigrations } from './migrate.ts';
import { acrossTenants, query } from './unit-of-work.ts';

const NAMES = MIGRATIONS.map((Migration) => new Migration().name);

interface Column {
  table_name: string;
  column_name: string;
  data_type: string;
  is_nullable: 'YES' | 'NO';
}

describe('migrations', () => {
  let database: FreshDatabase;

  beforeAll(async () => {
    database = await freshDatabase({ isMigrated: false });
  });
  afterAll(() => database.drop());

  it('are reported as missing before they ran', async () => {
    expect(await databaseProblem(await database.open())).toBe(
      `the database lacks ${NAMES.length} migrations; run npm run migrate`,
    );
  });

  it('are applied once by five starters at the same moment', async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, () => runMigrations(database.url)));
    expect(applied.flat().sort()).toEqual([...NAMES].sort());
  });

  it('have nothing to do the second time', async () => {
    expect(await runMigrations(database.url)).toEqual([]);
    expect(await databaseProblem(await database.open())).toBeNull();
  });

  it('make the columns the entities describe: same names, types and nullability', async () => {
    const dataSource = await database.open();
    const columns = await acrossTenants(dataSource, 'installation', (manager) =>
      query<Column>(
        manager,
        `SELECT table_name, column_name, is_nullable,
          CASE data_type WHEN 'ARRAY' THEN 'text[]' ELSE data_type END AS data_type
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT IN ('migrations')`,
      ),
    );
    const inDatabase = columns.map(
      (column) =>
        `${column.table_name}.${column.column_name} ${column.data_type} ` +
        `${column.is_nullable === 'YES' ? 'null' : 'not null'}`,
    );
    const spelled: Record<string, string> = {
      timestamptz: 'timestamp with time zone',
      time: 'time without time zone',
    };
    const inEntities = dataSource.entityMetadatas.flatMap((entity) =>
      entity.columns.map((column) => {
        const type = String(column.type) + (column.isArray ? '[]' : '');
        return (
          `${entity.tableName}.${column.databaseName} ${spelled[type] ?? type} ` +
          `${column.isNullable ? 'null' : 'not null'}`
        );
      }),
    );
    expect(inEntities.sort()).toEqual(inDatabase.sort());
    expect(dataSource.entityMetadatas).toHaveLength(ENTITIES.length);
  });

  it('can be taken back and applied again', async () => {
    const dataSource = await database.open();
    for (const _ of MIGRATIONS) await dataSource.undoLastMigration({ transaction: 'all' });
    const left = await acrossTenants(dataSource, 'installation', (manager) =>
      query(
        manager,
        `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'`,
      ),
    );
    expect(left).toEqual([]);
    expect(await runMigrations(database.url)).toEqual(NAMES);
  });

  it('fail whole when the database is not there', async () => {
    const url = new URL(database.url);
    url.pathname = '/no_such_database';
    await expect(runMigrations(url.href)).rejects.toThrow('does not exist');
    expect(await databaseProblem(createDataSource({ url: url.href, poolSize: 1 }))).toBe(
      'PostgreSQL is not available (not-connected)',
    );
  });
});
