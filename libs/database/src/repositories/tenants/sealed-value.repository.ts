import type { DataSource } from 'typeorm';
import { query, run } from '../../connection/unit-of-work.ts';

/* Every column with values that a key of the deployment seals, and the columns that name a row of it. */

interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** Types by column. */
  readonly key: Readonly<Record<string, string>>;
  /** SQL that says whether a value is of use; always by default. */
  readonly isUsed?: string;
}

const ID = { id: 'uuid' } as const;
const COLUMNS = {
  'tenant-secret': { table: 'tenant_secrets', column: 'sealed', key: { tenant_id: 'uuid', name: 'text' } },
  'webhook-secret': { table: 'webhook_endpoints', column: 'sealed_secret', key: ID },
  'webhook-previous-secret': {
    table: 'webhook_endpoints',
    column: 'previous_sealed_secret',
    key: ID,
    // Afterwards nobody opens it any more.
    isUsed: 'previous_until > now()',
  },
  'webhook-headers': { table: 'webhook_endpoints', column: 'sealed_headers', key: ID },
  'crm-credentials': { table: 'crm_connections', column: 'sealed_credentials', key: ID },
  'calendar-credentials': { table: 'calendar_connections', column: 'sealed_credentials', key: ID },
} as const satisfies Record<string, SealedColumn>;

export type SealedKind = keyof typeof COLUMNS;
export const SEALED_KINDS = Object.keys(COLUMNS) as SealedKind[];

/** A sealed value, of any tenant. */
export interface SealedValue {
  /** Names its row: an id, or for `tenant-secret` the tenant and the name. */
  readonly key: readonly string[];
  readonly sealed: string;
}

/** The most values of one look. */
const PAGE = 100;

/** Sealed values, as they are found and replaced after the key of the deployment was rotated. */
export class SealedValueRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Returns values that another key has sealed, in the order of their keys: up to 100, from `after` on. */
  sealedOtherwise(
    kind: SealedKind,
    keyId: string,
    after: readonly string[] | null = null,
  ): Promise<SealedValue[]> {
    const { table, column, key, isUsed = 'true' }: SealedColumn = COLUMNS[kind];
    const names = Object.keys(key).join(', ');
    const texts = Object.keys(key).map((name) => `${name}::text`);
    return run(this.dataSource, (manager) =>
      query<SealedValue>(
        manager,
        `SELECT ARRAY[${texts.join(', ')}] AS key, ${column} AS sealed FROM ${table}
         WHERE split_part(${column}, '.', 1) <> $1 AND ${isUsed}
           AND ($2::text[] IS NULL OR (${names}) > (${given(key, 2)}))
         ORDER BY ${names} LIMIT ${PAGE}`,
        [keyId, after],
      ),
    );
  }

  /** Replaces a value that nobody has replaced since it was read. @returns whether it was */
  async replace(kind: SealedKind, { key: named, sealed }: SealedValue, again: string): Promise<boolean> {
    const { table, column, key }: SealedColumn = COLUMNS[kind];
    const replaced = await run(this.dataSource, (manager) =>
      query(
        manager,
        `UPDATE ${table} SET ${column} = $1
         WHERE (${Object.keys(key).join(', ')}) = (${given(key, 2)}) AND ${column} = $3 RETURNING 1`,
        [again, named, sealed],
      ),
    );
    return replaced.length === 1;
  }
}

/** Returns the SQL of a key that is given as the array of this parameter. */
function given(key: Readonly<Record<string, string>>, parameter: number): string {
  return Object.values(key)
    .map((type, index) => `($${parameter}::text[])[${index + 1}]::${type}`)
    .join(', ');
}
