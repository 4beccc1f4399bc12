import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { jsonParameter } from '../rows/storable.ts';
import { query } from '../connection/unit-of-work.ts';

/**
 * Inserts any number of rows with one statement and one parameter: a transcript has more values than Postgres
 * takes parameters. Table, columns and types are the entity's. Existing rows stay unchanged.
 */
export async function insertRows<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  rows: readonly Partial<Row>[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const { tableName, columns } = manager.dataSource.getMetadata(entity);
  const given = columns.filter(({ propertyName }) => propertyName in first);
  const names = given.map(({ databaseName }) => `"${databaseName}"`);
  // A JSON null becomes NULL in every column. A NOT NULL column of JSON gets the JSON null back.
  const values = given.map(({ databaseName, type, isNullable }) =>
    type === 'jsonb' && !isNullable ? `coalesce("${databaseName}", 'null')` : `"${databaseName}"`,
  );
  const items = rows.map((row) =>
    Object.fromEntries(given.map(({ databaseName, propertyName }) => [databaseName, row[propertyName]])),
  );
  await query(
    manager,
    `INSERT INTO "${tableName}" (${names.join(', ')})
     SELECT ${values.join(', ')} FROM jsonb_populate_recordset(NULL::"${tableName}", $1::jsonb)
     ON CONFLICT DO NOTHING`,
    [jsonParameter(items)],
  );
}
