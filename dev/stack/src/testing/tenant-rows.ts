import { randomBytes, randomUUID } from 'node:crypto';
import { StackError } from '../checkout/stack-error.ts';
import { rowsOf, type Sql } from './sql.ts';
import type { Column, Reference, Table } from './table-catalogue.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Text of this form stands in the rows of a filled tenant and nowhere else. */
const CANARY = 'canary';

const TODAY = '2030-01-02';
const NOW = `${TODAY}T10:00:00Z`;
const LATER = `${TODAY}T11:00:00Z`;
const phone = () => `+1202555${String(1_000 + Math.floor(Math.random() * 8_999))}`;

/** Values of columns whose checks their type does not tell; by column, or by table and column. */
const VALUES: Readonly<Record<string, () => unknown>> = {
  time_zone: () => 'UTC',
  language: () => 'en',
  phone,
  e164: phone,
  pattern: phone,
  opens: () => '08:00',
  closes: () => '17:00',
  starts_at: () => NOW,
  ends_at: () => LATER,
  from_date: () => TODAY,
  until_date: () => TODAY,
  ring_ms: () => 20_000,
  duration_minutes: () => 60,
  offer_minutes: () => 30,
  subject_kind: () => 'call',
  period: () => `[${NOW},${LATER})`,
  occupied: () => `[${NOW},${LATER})`,
  'zone_postcodes.starts': () => '10115',
  'zone_postcodes.ends': () => '10999',
  'bookings.status': () => 'booked',
  'contact_points.kind': () => 'email',
  'webhook_endpoints.sealed_headers': () => null,
  'webhook_endpoints.is_enabled': () => true,
  'webhook_endpoints.disabled_because': () => null,
};

/** Values of a type, for columns that need one. */
const BY_TYPE: Readonly<Record<string, () => unknown>> = {
  uuid: () => randomUUID(),
  text: () => `${CANARY}-${randomBytes(8).toString('hex')}`,
  bytea: () => `\\x${randomBytes(32).toString('hex')}`,
  boolean: () => false,
  smallint: () => 1,
  integer: () => 1,
  bigint: () => 1,
  'double precision': () => 0.5,
  numeric: () => 1,
  date: () => TODAY,
  'time without time zone': () => '08:00',
  'timestamp with time zone': () => NOW,
  polygon: () => '((0,0),(0,1),(1,1))',
  json: () => ({}),
  jsonb: () => ({}),
};

/**
 * Fills every table with one row of a tenant that has none yet, and returns the rows by table. Each text that
 * may be anything is a canary; each reference leads to another of the rows.
 * @throws StackError naming a table that refuses its row: give the column a value in `VALUES`
 */
export async function fillTenant(
  client: Sql,
  tables: readonly Table[],
  tenantId: string,
): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  for (const table of inOrder(tables)) rows.set(table.name, await insertRow(client, table, tenantId, rows));
  for (const table of tables)
    for (const reference of table.references)
      if (isOpen(rows, reference)) await point(client, table, reference, tenantId, rows);
  return rows;
}

/** Returns the texts by which rows give themselves away: canaries, and ids that are nobody else's. */
export function marksOf(rows: Iterable<Row>): Set<string> {
  const mark = new RegExp(`${CANARY}-[0-9a-f]{16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, 'g');
  return new Set([...rows].flatMap((row) => JSON.stringify(row).match(mark) ?? []));
}

/** Returns the tables so that each comes after those it must refer to. */
function inOrder(tables: readonly Table[]): Table[] {
  const left = new Map(tables.map((table) => [table.name, table]));
  const ordered: Table[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].filter(({ name, tenantColumn, columns, references }) =>
      references.every(
        ({ to, columns: from }) =>
          !left.has(to) ||
          to === name ||
          columns.some(
            (column) => from.includes(column.name) && column.name !== tenantColumn && column.isNullable,
          ),
      ),
    );
    if (ready.length === 0)
      throw new StackError('Tables refer to each other in a circle.', [...left.keys()].join(', '));
    for (const table of ready) left.delete(table.name);
    ordered.push(...ready.sort((a, b) => Number(b.name === 'tenants') - Number(a.name === 'tenants')));
  }
  return ordered;
}

async function insertRow(
  client: Sql,
  table: Table,
  tenantId: string,
  rows: ReadonlyMap<string, Row>,
): Promise<Row> {
  const values: Record<string, unknown> = {};
  for (const column of table.columns) {
    const value = valueOf(table.name, column);
    if (value !== undefined) values[column.name] = value;
  }
  for (const reference of table.references) {
    const target = rows.get(reference.to);
    reference.columns.forEach((column, index) => {
      if (target) values[column] = target[reference.toColumns[index] ?? ''];
      else if (table.columns.some(({ name, isNullable }) => name === column && isNullable))
        delete values[column];
    });
  }
  values[table.tenantColumn] = tenantId;
  const names = Object.keys(values).join(', ');
  try {
    const [row] = await rowsOf<{ row: Row }>(
      client,
      `INSERT INTO ${table.name} (${names})
       SELECT ${names} FROM jsonb_populate_record(NULL::${table.name}, $1::jsonb)
       RETURNING to_jsonb(${table.name}) AS row`,
      [JSON.stringify(values)],
    );
    return row?.row ?? {};
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new StackError(
      `No row could be made for the table ${table.name}: ${words}`,
      'Give the column that it names a value in VALUES (dev/stack/src/testing/tenant-rows.ts).',
    );
  }
}

/** Returns the value a column gets; undefined for its default. */
function valueOf(table: string, { name, type, isNullable, hasDefault, allowed, isChecked }: Column): unknown {
  const given = VALUES[`${table}.${name}`] ?? (type === 'uuid' ? undefined : VALUES[name]);
  if (given) return given();
  if (allowed) return isNullable ? undefined : allowed[0];
  const isFreeText = type === 'text' && !isChecked;
  if (hasDefault && !(isFreeText && !isNullable) && type !== 'uuid') return undefined;
  if (isNullable && !isFreeText) return undefined;
  if (type.endsWith('[]')) return [];
  return (BY_TYPE[type] ?? BY_TYPE['text']!)();
}

/** Whether a reference is still empty. */
function isOpen(rows: ReadonlyMap<string, Row>, { table, columns }: Reference): boolean {
  return columns.some((column) => rows.get(table)?.[column] === null);
}

async function point(
  client: Sql,
  table: Table,
  { columns, to, toColumns }: Reference,
  tenantId: string,
  rows: Map<string, Row>,
): Promise<void> {
  const target = rows.get(to);
  const changed = columns.filter((column) => column !== table.tenantColumn && column !== 'id');
  const values = changed.map((column) => target?.[toColumns[columns.indexOf(column)] ?? '']);
  const [row] = await rowsOf<{ row: Row }>(
    client,
    `UPDATE ${table.name} SET ${changed.map((column, index) => `${column} = $${index + 2}`).join(', ')}
     WHERE ${table.tenantColumn} = $1 RETURNING to_jsonb(${table.name}) AS row`,
    [tenantId, ...values],
  );
  if (row) rows.set(table.name, row.row);
}
