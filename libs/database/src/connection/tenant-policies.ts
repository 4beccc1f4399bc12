import type { QueryRunner } from 'typeorm';
import { query } from '../rows/query.ts';
import { TENANT_ROLE, TENANT_SETTING } from './tenant-scope.ts';

/**
 * Tables without a tenant, and why rows of them may be shared. The role of tenants has no right to them. Every
 * other table names its tenant in `tenant_id`.
 */
export const TABLES_WITHOUT_TENANT: Readonly<Record<string, string>> = {
  migrations: 'names of the migrations that have run',
};

/** The privilege that lets a login enter a role; PostgreSQL 16 tells it from being a member. */
export const MAY_ENTER = `CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET'
  ELSE 'MEMBER' END`;

const INSUFFICIENT_PRIVILEGE = '42501';

/** The role of tenants is missing or unfit, and this login may not mend that. Nothing was changed. */
export class TenantRoleUnusable extends Error {
  override readonly name = 'TenantRoleUnusable';
  constructor(problem: string, login: string, cause?: unknown) {
    super(
      `Rows of tenants are kept apart by the database role ${TENANT_ROLE}, and ${problem}. Nothing was ` +
        `changed. As a superuser: CREATE ROLE ${TENANT_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS; ` +
        `GRANT ${TENANT_ROLE} TO "${login}"; then migrate again (docs/tenants.md).`,
      { cause },
    );
  }
}

/*
 * Roles belong to the server and not to a database, so several may create one at a time. A login that may
 * create roles may enter those it created from PostgreSQL 16 on only once it has granted them to itself.
 */
const ENSURE_ROLE = `DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${TENANT_ROLE}') THEN
    BEGIN
      CREATE ROLE ${TENANT_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  IF NOT pg_has_role(current_user, '${TENANT_ROLE}', ${MAY_ENTER}) THEN
    GRANT ${TENANT_ROLE} TO CURRENT_USER;
  END IF;
  IF NOT has_schema_privilege('${TENANT_ROLE}', current_schema(), 'USAGE') THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO ${TENANT_ROLE}', current_schema());
  END IF;
END
$$`;

/** Makes the role of tenants, and lets this login enter it. @throws TenantRoleUnusable */
export async function ensureTenantRole(runner: QueryRunner): Promise<void> {
  const [login] = await query<{ name: string }>(runner, 'SELECT current_user AS name');
  const name = login?.name ?? '';
  try {
    await runner.query(ENSURE_ROLE);
  } catch (error) {
    if ((error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new TenantRoleUnusable('this login may not make it or enter it', name, error);
  }
  const unfit = await query(
    runner,
    `SELECT FROM pg_roles WHERE rolname = '${TENANT_ROLE}' AND (rolsuper OR rolbypassrls)`,
  );
  if (unfit.length > 0) throw new TenantRoleUnusable('that role bypasses all policies', name);
}

/** A table of tenants, and the column that names the tenant. */
interface TenantTable {
  readonly name: string;
  readonly column: string;
}

/**
 * Returns the tables of tenants that have no policy yet. The owner is under no policy unless it were forced on
 * it: so work across tenants, pg_dump and services of the release before see all rows. `everyone` says the
 * same for a login that owns nothing. `own_tenant` is restrictive: no policy that is added can weaken it.
 */
export function unseparatedTables(runner: Pick<QueryRunner, 'query'>): Promise<TenantTable[]> {
  return query(
    runner,
    `SELECT format('%I.%I', namespace.nspname, class.relname) AS name, attribute.attname AS "column"
     FROM pg_class class
     JOIN pg_namespace namespace ON namespace.oid = class.relnamespace
     JOIN pg_attribute attribute ON attribute.attrelid = class.oid
       AND attribute.attname = CASE WHEN class.relname = 'tenants' THEN 'id' ELSE 'tenant_id' END
     WHERE namespace.nspname = current_schema() AND class.relkind IN ('r', 'p')
       AND NOT (class.relrowsecurity AND EXISTS (SELECT FROM pg_policy policy
         WHERE policy.polrelid = class.oid AND policy.polname = 'own_tenant'))
     ORDER BY class.relname`,
  );
}

/** Keeps the tenants of a table apart. Rights that a migration gave the role stay as they are. */
export async function separateTenants(runner: QueryRunner, { name, column }: TenantTable): Promise<void> {
  const own = `${column} = nullif(current_setting('${TENANT_SETTING}', true), '')::uuid`;
  await runner.query(
    `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;
     CREATE POLICY everyone ON ${name} USING (true) WITH CHECK (true);
     CREATE POLICY own_tenant ON ${name} AS RESTRICTIVE TO ${TENANT_ROLE} USING (${own}) WITH CHECK (${own});
     DO $$
     BEGIN
       IF NOT EXISTS (SELECT FROM pg_class class, aclexplode(class.relacl) granted
         WHERE class.oid = '${name}'::regclass AND granted.grantee = '${TENANT_ROLE}'::regrole) THEN
         GRANT SELECT, INSERT, UPDATE, DELETE ON ${name} TO ${TENANT_ROLE};
       END IF;
     END
     $$`,
  );
}

/** Lets the role of tenants take numbers from sequences that are not those of an identity column. */
export async function openSequences(runner: QueryRunner): Promise<void> {
  const found = await query<{ name: string }>(
    runner,
    `SELECT format('%I.%I', namespace.nspname, class.relname) AS name
     FROM pg_class class JOIN pg_namespace namespace ON namespace.oid = class.relnamespace
     WHERE namespace.nspname = current_schema() AND class.relname <> 'migrations_id_seq'
       AND CASE class.relkind WHEN 'S'
         THEN NOT has_sequence_privilege('${TENANT_ROLE}', class.oid, 'USAGE') END`,
  );
  for (const { name } of found) await runner.query(`GRANT USAGE ON SEQUENCE ${name} TO ${TENANT_ROLE}`);
}
