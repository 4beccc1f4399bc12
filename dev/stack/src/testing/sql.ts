/** A client of pg, or a manager or runner of TypeORM. */
export interface Sql {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** Runs SQL and returns its rows, whatever the client wraps them in. */
export async function rowsOf<Row>(client: Sql, sql: string, parameters: unknown[] = []): Promise<Row[]> {
  const raw = (await client.query(sql, parameters)) as Row[] | { rows?: Row[] };
  if (!Array.isArray(raw)) return raw.rows ?? [];
  const isPair = raw.length === 2 && Array.isArray(raw[0]) && typeof raw[1] === 'number';
  return isPair ? (raw[0] as Row[]) : raw;
}
