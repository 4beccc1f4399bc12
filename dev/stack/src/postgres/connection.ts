import pg from 'pg';
import { SUPERUSER } from './data-folder.ts';

const DATABASE = 'tandem';

const CONNECT_LIMIT_MS = 2_000;

export function urlOf(port: number, password: string, database = DATABASE): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * Connects, and makes the database on the first start. Rejects with whatever PostgreSQL says while it is not
 * ready.
 */
export function openDatabase(port: number, password: string): Promise<boolean> {
  return withClient(urlOf(port, password, 'postgres'), async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return true;
  });
}

/** Opens one connection for one piece of work. */
export async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_LIMIT_MS });
  let lost: Error | null = null;
  client.on('error', (error) => (lost = error));
  try {
    await client.connect();
    const result = await work(client);
    if (lost) throw lost as Error;
    return result;
  } finally {
    await client.end().catch(() => undefined);
  }
}
