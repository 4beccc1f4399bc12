import type { EntityManager } from 'typeorm';

/**
 * Runs SQL and returns its rows, also those of UPDATE and DELETE … RETURNING, which TypeORM wraps in a pair.
 * Columns are aliased in camelCase, so that a row is a value of the domain.
 */
export async function query<Row>(
  manager: Pick<EntityManager, 'query'>,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const raw: unknown = await manager.query(sql, [...parameters]);
  if (!Array.isArray(raw)) return [];
  return (raw.length === 2 && Array.isArray(raw[0]) && typeof raw[1] === 'number' ? raw[0] : raw) as Row[];
}
