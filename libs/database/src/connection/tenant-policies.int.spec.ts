import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import {
  fillTenant,
  marksOf,
  otherTables,
  tenantTables,
  type Reference,
  type Row,
  type Table,
} from '@tandem/stack';
import { freshDatabase } from '../test/fresh-database.ts';
import { DatabaseRefusal } from './database-errors.ts';
import { TABLES_WITHOUT_TENANT } from './tenant-policies.ts';
import { acrossTenants, narrowTo, query, run, transact, type Transaction } from './unit-of-work.ts';

/** Foreign keys without the tenant, and why they cannot lead to another tenant all the same. */
const SAFE_BY_ANOTHER: Readonly<Record<string, string>> = {
  'agents.agents_published_version_fkey': 'leads to a version of this agent, which has the agent’s tenant',
};
/** Tables whose rows a trigger keeps from being changed, before any policy or key is asked. */
const UNCHANGEABLE = ['agent_versions'];

const REFUSED_BY_POLICY = '42501';
const REFUSED_BY_KEY = '23503';
const REFUSED_BY_TRIGGER = '23001';

/** Made here because the cases below are its tables. */
const database = await freshDatabase();
afterAll(() => database.drop());
const dataSource = await database.open();
const own = randomUUID() as TenantId;
const other = randomUUID() as TenantId;
const anywhere = <Result>(work: (transaction: Transaction) => Promise<Result>) =>
  acrossTenants(dataSource, 'installation', work);
const tables = await anywhere(tenantTables);
const otherRows = await anywhere(async (transaction) => {
  await fillTenant(transaction, tables, own);
  return fillTenant(transaction, tables, other);
});

const sql = (text: string, parameters: unknown[] = []) =>
  run(dataSource, own, (manager) => query<Row>(manager, text, parameters));

/** Returns the SQLSTATE by which work is refused; null when it is not. */
async function refusal(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof DatabaseRefusal) return error.sqlState;
    throw error;
  }
}

const rowsOf = ({ name, tenantColumn }: Table, tenantId: TenantId) =>
  anywhere((transaction) =>
    query<Row>(transaction, `SELECT * FROM ${name} WHERE ${tenantColumn} = $1`, [tenantId]),
  );

const insertion = ({ name, columns }: Table) => {
  const names = columns.map((column) => column.name).join(', ');
  return `INSERT INTO ${name} (${names}) SELECT ${names} FROM jsonb_populate_record(NULL::${name}, $1::jsonb)`;
};

describe.each(tables.map((table) => [table.name, table] as const))(
  'a tenant, in the table %s,',
  (name, table) => {
    const { tenantColumn, references } = table;

    it('reads its own rows only', async () => {
      const found = await sql(`SELECT ${tenantColumn} AS tenant FROM ${name}`);
      expect(found.length).toBeGreaterThan(0);
      expect(new Set(found.map(({ tenant }) => tenant))).toEqual(new Set([own]));
      expect((await rowsOf(table, other)).length).toBeGreaterThan(0);
    });

    it('changes and locks no row of another', async () => {
      const before = await rowsOf(table, other);
      const changed = await sql(
        `UPDATE ${name} SET ${tenantColumn} = ${tenantColumn} WHERE ${tenantColumn} = $1
      RETURNING 1`,
        [other],
      );
      expect(changed).toEqual([]);
      expect(await sql(`SELECT FROM ${name} WHERE ${tenantColumn} = $1 FOR UPDATE`, [other])).toEqual([]);
      expect(await rowsOf(table, other)).toEqual(before);
    });

    it('deletes no row of another', async () => {
      const before = await rowsOf(table, other);
      expect(await sql(`DELETE FROM ${name} WHERE ${tenantColumn} = $1 RETURNING 1`, [other])).toEqual([]);
      expect(await rowsOf(table, other)).toEqual(before);
    });

    it('inserts no row for another, and gives none away', async () => {
      const { [tenantColumn]: _, ...fields } = otherRows.get(name)!;
      const forged = JSON.stringify({ ...fields, [tenantColumn]: other });
      expect(await refusal(sql(insertion(table), [forged]))).toBe(REFUSED_BY_POLICY);
      expect(await refusal(sql(`UPDATE ${name} SET ${tenantColumn} = $1`, [other]))).toBe(
        UNCHANGEABLE.includes(name) ? REFUSED_BY_TRIGGER : REFUSED_BY_POLICY,
      );
    });

    const leading = references.filter((reference) => !(`${name}.${reference.name}` in SAFE_BY_ANOTHER));
    if (leading.length > 0)
      it.each(leading)('refers to no row of another by $name', async (reference) => {
        expect(await refusal(pointElsewhere(table, reference))).toBe(REFUSED_BY_KEY);
      });
  },
);

/** Points a tenant's row to the row of another tenant, which has lost its own row that pointed there. */
async function pointElsewhere({ name, tenantColumn }: Table, { columns, to, toColumns }: Reference) {
  const target = otherRows.get(to)!;
  const changed = columns.filter((column) => column !== tenantColumn);
  const values = changed.map((column) => target[toColumns[columns.indexOf(column)]!]);
  const set = changed.map((column, index) => `${column} = $${index + 1}`).join(', ');
  await anywhere(async (transaction) => {
    const makeWay =
      to === name ? `UPDATE ${name} SET ${changed.join(' = NULL, ')} = NULL` : `DELETE FROM ${name}`;
    if (UNCHANGEABLE.includes(name)) await query(transaction, `ALTER TABLE ${name} DISABLE TRIGGER USER`);
    await query(transaction, `${makeWay} WHERE ${tenantColumn} = $1`, [other]);
    await narrowTo(transaction, own);
    await query(transaction, `UPDATE ${name} SET ${set}`, values);
    await query(transaction, 'SET CONSTRAINTS ALL IMMEDIATE');
  });
}

describe('every table', () => {
  it('names a tenant, or says why not', async () => {
    expect(await anywhere(otherTables)).toEqual(Object.keys(TABLES_WITHOUT_TENANT).sort());
  });

  it('of tenants has the policies and no more rights than rows need', async () => {
    const stored = await anywhere((transaction) =>
      query<{ name: string; policies: unknown }>(
        transaction,
        `SELECT tablename AS name, json_object_agg(policyname, permissive || ' ' || cmd || ' ' || roles::text
            ORDER BY policyname) AS policies
         FROM pg_policies GROUP BY tablename ORDER BY tablename`,
      ),
    );
    expect(stored).toEqual(
      tables.map(({ name }) => ({
        name,
        policies: { everyone: 'PERMISSIVE ALL {public}', own_tenant: 'RESTRICTIVE ALL {tandem_app}' },
      })),
    );
    const rights = await anywhere((transaction) =>
      query<{ name: string; right: string }>(
        transaction,
        `SELECT table_name AS name, privilege_type AS "right" FROM information_schema.table_privileges
         WHERE grantee = 'tandem_app' AND table_schema = 'public'`,
      ),
    );
    expect(new Set(rights.map(({ right }) => right))).toEqual(
      new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
    );
    expect(rights.filter(({ name }) => name in TABLES_WITHOUT_TENANT)).toEqual([]);
  });

  it('refers to other tables by keys that carry the tenant', () => {
    const without = tables.flatMap(({ name, references, tenantColumn }) =>
      references
        .filter(({ columns, toColumns }) => toColumns[columns.indexOf(tenantColumn)] !== 'tenant_id')
        .map((reference) => `${name}.${reference.name}`),
    );
    // A key without the tenant may stay beside one that has it.
    const alone = without.filter((key) => {
      const [name = '', constraint = ''] = key.split('.');
      const { references } = tables.find((table) => table.name === name)!;
      const { columns, to } = references.find((reference) => reference.name === constraint)!;
      return !references.some(
        (beside) =>
          beside.to === to && beside.columns.includes('tenant_id') && beside.columns.includes(columns[0]!),
      );
    });
    expect(alone).toEqual(Object.keys(SAFE_BY_ANOTHER));
  });

  it('shows nothing to the role of tenants while no tenant is set', async () => {
    const counted = await anywhere(async (transaction) => {
      await query(transaction, 'SET LOCAL ROLE tandem_app');
      const counts = [];
      for (const { name } of tables)
        counts.push(
          ...(await query<{ count: number }>(transaction, `SELECT count(*)::integer FROM ${name}`)),
        );
      return counts;
    });
    expect(new Set(counted.map(({ count }) => count))).toEqual(new Set([0]));
  });

  it('gives nothing of another tenant to 10,000 statements that name its values and no tenant', async () => {
    const before = await Promise.all(tables.map((table) => rowsOf(table, other)));
    const marks = tables.flatMap((table) =>
      Object.entries(otherRows.get(table.name)!).flatMap(([column, value]) =>
        typeof value === 'string' && marksOf([{ value }]).has(value) ? [{ table, column, value }] : [],
      ),
    );
    for (let batch = 0; batch < 100; batch += 1)
      await run(dataSource, own, async (manager) => {
        for (let count = 0; count < 100; count += 1) {
          const number = batch * 100 + count;
          const { table, column, value } = marks[number % marks.length]!;
          const beside = tables[(number * 7) % tables.length]!;
          const statement = [
            `SELECT FROM ${table.name} WHERE ${column} = $1`,
            `SELECT FROM ${beside.name} beside LEFT JOIN ${table.name} kept ON true WHERE kept.${column} = $1`,
            `UPDATE ${table.name} SET ${column} = ${column} WHERE ${column} = $1 RETURNING 1`,
            `DELETE FROM ${table.name} WHERE ${column} = $1 RETURNING 1`,
            `DELETE FROM ${beside.name} WHERE EXISTS (SELECT FROM ${table.name} kept WHERE kept.${column} = $1)
             RETURNING 1`,
          ][Math.floor(number / marks.length) % 5]!;
          expect([statement, await query(manager, statement, [value])]).toEqual([statement, []]);
        }
      });
    expect(await Promise.all(tables.map((table) => rowsOf(table, other)))).toEqual(before);
  }, 120_000);

  it('hides other tenants from a statement with no condition at all', async () => {
    const seen = await transact(dataSource, own, async (transaction) => {
      for (const { name } of tables.filter((table) => !UNCHANGEABLE.includes(table.name)))
        await query(transaction, `UPDATE ${name} SET ${tenantColumnOf(name)} = ${tenantColumnOf(name)}`);
      await query(transaction, 'DELETE FROM tenants');
      return query(transaction, 'SELECT FROM tenants');
    }).catch((error: unknown) => error);
    expect(seen).toEqual([]);
    expect((await rowsOf({ ...tables[0]!, name: 'tenants', tenantColumn: 'id' }, other)).length).toBe(1);
    expect((await rowsOf({ ...tables[0]!, name: 'tenants', tenantColumn: 'id' }, own)).length).toBe(0);
  });
});

const tenantColumnOf = (name: string): string => tables.find((table) => table.name === name)!.tenantColumn;
