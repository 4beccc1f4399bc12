import { DependencyUnavailable } from '@tandem/contracts';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';

/**
 * Postgres is away, too busy, or took too long. Nothing is known to be wrong with the request, and retrying
 * later is right. Whether the work was done is unknown only if the connection was lost during COMMIT.
 */
export class DatabaseUnavailable extends DependencyUnavailable {
  override readonly name = 'DatabaseUnavailable';
  /** @param code SQLSTATE, or the socket's error code, or one of our words */
  constructor(code: string) {
    super(
      'database',
      code,
      `PostgreSQL is not available (${code}). Check that it runs and that DATABASE_URL is right, then ` +
        'try again.',
    );
  }
}

/**
 * Postgres refused a statement. Carries the SQLSTATE and the names of constraint and table; never values,
 * parameters or the server's detail line, which would take personal data into logs.
 */
export class DatabaseRefusal extends Error {
  override readonly name = 'DatabaseRefusal';
  constructor(
    readonly sqlState: string,
    readonly constraint: string | undefined,
    table: string | undefined,
  ) {
    super(
      'PostgreSQL refused a statement: SQLSTATE ' +
        `${sqlState}${constraint ? `, constraint ${constraint}` : ''}${table ? `, table ${table}` : ''}.`,
    );
  }
}

/** SQLSTATEs of https://www.postgresql.org/docs/current/errcodes-appendix.html the code decides by. */
export const SQL_STATE = {
  uniqueViolation: '23505',
  exclusionViolation: '23P01',
  foreignKeyViolation: '23503',
  invalidParameter: '22023',
  insufficientPrivilege: '42501',
} as const;

// Connection exceptions, insufficient resources, operator intervention (shutdown, statement timeout), system
// errors.
const UNAVAILABLE_CLASSES = new Set(['08', '53', '57', '58']);
// Read-only (a standby after failover), lock timeout, idle-in-transaction timeout, serialization failure,
// deadlock.
const UNAVAILABLE_STATES = new Set(['25006', '55P03', '25P03', '40001', '40P01']);

/**
 * Returns the meaning of a driver's error. Errors that did not come from the database are returned unchanged.
 */
export function translate(error: unknown): unknown {
  // TypeORM releases a broken connection at once, and refuses later statements on it.
  if (
    error instanceof QueryRunnerAlreadyReleasedError ||
    error instanceof QueryRunnerProviderAlreadyReleasedError
  )
    return new DatabaseUnavailable('connection-lost');
  if (!(error instanceof QueryFailedError)) return error;
  const driver = error.driverError as {
    code?: unknown;
    severity?: unknown;
    constraint?: unknown;
    table?: unknown;
  };
  const code = typeof driver.code === 'string' ? driver.code : undefined;
  // Only what the server itself sent has a severity; all else happened on the way to it.
  if (code === undefined || driver.severity === undefined)
    return new DatabaseUnavailable(code ?? 'connection-lost');
  if (UNAVAILABLE_CLASSES.has(code.slice(0, 2)) || UNAVAILABLE_STATES.has(code))
    return new DatabaseUnavailable(code);
  return new DatabaseRefusal(code, textOf(driver.constraint), textOf(driver.table));
}

/** Returns the error of a failed connection attempt. */
export function unreachable(error: unknown): DatabaseUnavailable {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? textOf(error.code) : undefined;
  return new DatabaseUnavailable(code ?? 'cannot-connect');
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
