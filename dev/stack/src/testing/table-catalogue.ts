import { rowsOf, type Sql } from './sql.ts';

/** A column that an insertion may name. */
export interface Column {
  readonly name: string;
  /** As PostgreSQL writes it, without a precision: `uuid`, `timestamp with time zone`, `text[]`. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly hasDefault: boolean;
  /** The values a check allows; null when no check lists them. */
  readonly allowed: readonly string[] | null;
  readonly isChecked: boolean;
}

/** A foreign key between two tables of tenants. */
export interface Reference {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly to: string;
  readonly toColumns: readonly string[];
}

export interface Table {
  readonly name: string;
  /** `tenant_id`, and `id` of the tenants themselves. */
  readonly tenantColumn: string;
  readonly columns: readonly Column[];
  readonly references: readonly Reference[];
}

const COLUMNS = `
SELECT class.relname AS "table", attribute.attname AS name,
  regexp_replace(format_type(attribute.atttypid, attribute.atttypmod), '\\(\\d+\\)', '') AS type,
  NOT attribute.attnotnull AS "isNullable",
  attribute.atthasdef OR attribute.attidentity <> '' AS "hasDefault",
  (SELECT array_agg(pg_get_constraintdef(checked.oid)) FROM pg_constraint checked
    WHERE checked.conrelid = class.oid AND checked.contype = 'c'
      AND attribute.attnum = ANY (checked.conkey)) AS checks
FROM pg_class class
JOIN pg_attribute attribute ON attribute.attrelid = class.oid AND attribute.attnum > 0
WHERE class.relnamespace = current_schema()::regnamespace AND class.relkind IN ('r', 'p')
  AND NOT attribute.attisdropped AND attribute.attgenerated = '' AND attribute.attidentity <> 'a'
ORDER BY class.relname, attribute.attnum`;

const NAMES = (keys: string, relation: string) => `
(SELECT array_agg(attribute.attname::text ORDER BY key.place)
 FROM unnest(${keys}) WITH ORDINALITY key(number, place)
 JOIN pg_attribute attribute ON attribute.attrelid = ${relation} AND attribute.attnum = key.number)`;

const REFERENCES = `
SELECT reference.conname AS name, owner.relname AS "table", target.relname AS "to",
  ${NAMES('reference.conkey', 'reference.conrelid')} AS columns,
  ${NAMES('reference.confkey', 'reference.confrelid')} AS "toColumns"
FROM pg_constraint reference
JOIN pg_class owner ON owner.oid = reference.conrelid
JOIN pg_class target ON target.oid = reference.confrelid
WHERE reference.contype = 'f' AND owner.relnamespace = current_schema()::regnamespace
ORDER BY owner.relname, reference.conname`;

type ColumnRow = Omit<Column, 'allowed' | 'isChecked'> & {
  readonly table: string;
  readonly checks: readonly string[] | null;
};

/** Returns every table that names a tenant, from the catalogue of the database. */
export async function tenantTables(client: Sql): Promise<Table[]> {
  const columns = await rowsOf<ColumnRow>(client, COLUMNS);
  const references = await rowsOf<Reference>(client, REFERENCES);
  return [...new Set(columns.map(({ table }) => table))].flatMap((name) => {
    const own = columns.filter(({ table }) => table === name);
    const tenantColumn = name === 'tenants' ? 'id' : 'tenant_id';
    if (!own.some((column) => column.name === tenantColumn)) return [];
    return [
      {
        name,
        tenantColumn,
        columns: own.map(toColumn),
        references: references.filter(({ table, to }) => table === name && to !== 'tenants'),
      },
    ];
  });
}

/** Returns the tables that name no tenant. */
export async function otherTables(client: Sql): Promise<string[]> {
  const found = await rowsOf<{ name: string }>(
    client,
    `SELECT relname AS name FROM pg_class class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
       AND relname <> 'tenants' AND NOT EXISTS (SELECT FROM pg_attribute
         WHERE attrelid = class.oid AND attname = 'tenant_id' AND NOT attisdropped)
     ORDER BY relname`,
  );
  return found.map(({ name }) => name);
}

function toColumn({ name, type, isNullable, hasDefault, checks }: ColumnRow): Column {
  const list = checks?.find((check) => check.startsWith(`CHECK ((${name} = ANY (ARRAY[`));
  return {
    name,
    type,
    isNullable,
    hasDefault,
    allowed:
      list === undefined ? null : [...list.matchAll(/'([^']*)'::text/g)].map(([, value]) => value ?? ''),
    isChecked: checks !== null,
  };
}
