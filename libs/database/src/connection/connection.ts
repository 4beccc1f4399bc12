import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { createDataSource, type DatabaseOptions } from './data-source.ts';
import { MIGRATIONS } from './schema.ts';
import { DatabaseUnavailable, unreachable } from './database-errors.ts';
import { MAY_ENTER } from './tenant-policies.ts';
import { TENANT_ROLE } from './tenant-scope.ts';
import { acrossTenants, query } from './unit-of-work.ts';

/** Longest pause between two attempts to connect. */
const MAX_PAUSE_MS = 5_000;

/**
 * Opens the pool, and retries until it works or `signal` aborts: a service may start before its database.
 * Until then every repository throws DatabaseUnavailable. An open pool repairs itself.
 * @param onFault called at each failed attempt
 */
export async function keepConnecting(
  dataSource: DataSource,
  options: { signal: AbortSignal; onFault?: (fault: DatabaseUnavailable) => void },
): Promise<void> {
  for (let pauseMs = 250; !options.signal.aborted; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    try {
      await dataSource.initialize();
      return;
    } catch (error) {
      options.onFault?.(unreachable(error));
    }
    await sleep(pauseMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** Returns null when the database answers and has every migration this code knows, else one sentence. */
export async function databaseProblem(dataSource: DataSource): Promise<string | null> {
  const finding = await databaseFinding(dataSource);
  return finding !== null && typeof finding === 'object' ? finding.unfit : finding;
}

/**
 * Returns the finding of a readiness check: missing migrations are `unfit`, because waiting does not help.
 */
async function databaseFinding(dataSource: DataSource): Promise<string | { readonly unfit: string } | null> {
  try {
    return await acrossTenants(dataSource, 'health', async (manager) => {
      const [table] = await query<{ exists: boolean }>(
        manager,
        `SELECT to_regclass('migrations') IS NOT NULL AS exists`,
      );
      const applied = table?.exists
        ? await query<{ name: string }>(manager, 'SELECT name FROM migrations')
        : [];
      const known = new Set(applied.map((migration) => migration.name));
      const missing = MIGRATIONS.filter((migration) => !known.has(migration.name)).length;
      if (missing > 0) {
        const lacks = `${missing} migration${missing === 1 ? '' : 's'}`;
        return { unfit: `the database lacks ${lacks}; run npm run migrate` };
      }
      const unfit = await loginProblem(manager);
      return unfit && { unfit };
    });
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return `PostgreSQL is not available (${error.code})`;
    throw error;
  }
}

/**
 * Returns why this login cannot keep tenants apart, in one sentence; null when it can. A login that has the
 * rights of the role all the time, and does not own the tables, would see no row across tenants.
 */
async function loginProblem(manager: EntityManager): Promise<string | null> {
  const [role] = await query<{ mayEnter: boolean; isCaught: boolean }>(
    manager,
    `SELECT pg_has_role(current_user, oid, ${MAY_ENTER}) AS "mayEnter",
       pg_has_role(current_user, oid, 'USAGE') AND row_security_active('tenants') AS "isCaught"
     FROM pg_roles WHERE rolname = '${TENANT_ROLE}'`,
  );
  if (!role?.mayEnter)
    return `the login of DATABASE_URL may not enter the role ${TENANT_ROLE}; run npm run migrate`;
  return role.isCaught
    ? `the login of DATABASE_URL inherits the role ${TENANT_ROLE} and does not own the tables (docs/tenants.md)`
    : null;
}

/** The pool of one process: what a service opens at its start and closes at its end. */
export function databaseResource(options: DatabaseOptions) {
  const dataSource = createDataSource(options);
  return {
    name: 'database',
    value: dataSource,
    open: (signal: AbortSignal, onFault: (code: string) => void) =>
      keepConnecting(dataSource, { signal, onFault: ({ code }) => onFault(code) }),
    close: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
    },
    problem: () => databaseFinding(dataSource),
  };
}
