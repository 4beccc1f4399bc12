import { DataSource } from 'typeorm';
import { MIGRATIONS, ENTITIES } from './schema.ts';

export interface DatabaseOptions {
  /** postgres:// URL. */
  readonly url: string;
  /** Connections this process may hold. */
  readonly poolSize: number;
  /** 0 for none, as migrations need; 5 s by default. */
  readonly statementTimeoutMs?: number;
}

/** How long a request waits for a free connection, or for a new one to open. */
const CONNECT_TIMEOUT_MS = 8_000;
/**
 * Limits the server enforces: on a statement, a wait for a lock, and a transaction whose client sends
 * nothing.
 */
const STATEMENT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 4_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 8_000;

const limits = new WeakMap<DataSource, string>();
/** An unused connection is closed after this. */
const IDLE_TIMEOUT_MS = 60_000;

/** A pool of connections, not yet opened. {@link keepConnecting} or `initialize()` opens it. */
export function createDataSource({
  url,
  poolSize,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
}: DatabaseOptions): DataSource {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    poolSize,
    applicationName: 'tandem',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'all',
    installExtensions: false,
    synchronize: false,
    logging: false,
    // The pool replaces idle connections that break; a request that needs one and gets none reports the
    // error.
    poolErrorHandler: () => undefined,
    extra: {
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      onConnect: listenForErrors,
    },
  });
  limits.set(dataSource, limitsSql(statementTimeoutMs));
  return dataSource;
}

/**
 * The first statement of each transaction: its limits. They belong to the transaction since a pooler such as
 * PgBouncer refuses them as parameters of the connection, and may carry out the next transaction on another
 * connection.
 */
export function limitsOf(dataSource: DataSource): string {
  return limits.get(dataSource) ?? limitsSql(STATEMENT_TIMEOUT_MS);
}

function limitsSql(statementTimeoutMs: number): string {
  return [
    `SET LOCAL statement_timeout = ${statementTimeoutMs}`,
    `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_TIMEOUT_MS}`,
  ].join('; ');
}

/**
 * A client without an error listener ends the process with its first error. The pool listens while it is idle
 * and TypeORM while it works; between the two there is a gap, in which a server that goes away right after
 * accepting a client would hit the process. The client knows that it is broken, and its next query reports
 * it.
 */
function listenForErrors(client: { on(event: 'error', listener: () => void): unknown }): void {
  client.on('error', () => undefined);
}
