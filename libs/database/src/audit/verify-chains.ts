import { Client } from 'pg';
import { ChainCheck, type ChainFinding, type ChainHead } from './chain-check.ts';
import type { ChainedEntry } from './chain.ts';

/** The chain of one tenant, as it was found. */
export interface VerifiedChain {
  readonly tenantId: string;
  /** Entries that are there. */
  readonly entries: number;
  /** Null when the chain has no head. */
  readonly head: ChainHead | null;
  /** The first 20. */
  readonly findings: readonly ChainFinding[];
  readonly findingsCount: number;
}

export interface VerifyOptions {
  /** Only this tenant. */
  readonly tenantId?: string | undefined;
  /** Heads that were kept outside of the database, by tenant. */
  readonly anchors?: ReadonlyMap<string, ChainHead>;
  /** Called after each batch. */
  readonly onProgress?: (tenantId: string, entries: number) => void;
}

/** Entries in memory at once. */
const BATCH = 1_000;

/** Tenants, in their order: 500 after a given one. A tenant without a head has lost its chain. */
const TENANTS = `
SELECT id FROM (
  SELECT tenant_id::text AS id FROM audit_heads UNION SELECT tenant_id::text FROM audit_entries
  UNION SELECT id::text FROM tenants
) known
WHERE id > $1 AND ($2::text IS NULL OR id = $2) ORDER BY id LIMIT 500`;

const ENTRIES = `
DECLARE entries NO SCROLL CURSOR FOR
SELECT tenant_id::text AS "tenantId", seq::text, (extract(epoch FROM at) * 1000)::bigint::text AS at,
  actor_kind AS "actorKind", actor_id AS "actorId", act, object_kind AS "objectKind",
  object_id AS "objectId", refusal, digest_before AS "digestBefore", digest_after AS "digestAfter",
  address, reason, previous_hash AS "previousHash", hash
FROM audit_entries entry WHERE tenant_id = $1 ORDER BY entry.seq`;

/**
 * Checks the chains of all tenants, one after the other, each in a snapshot of its own: entries that are
 * written meanwhile do no harm. Reads only.
 */
export async function* verifyChains(
  url: string,
  { tenantId, anchors = new Map<string, ChainHead>(), onProgress }: VerifyOptions = {},
): AsyncGenerator<VerifiedChain> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'tandem-audit',
  });
  client.on('error', () => undefined); // The query that is running throws.
  await client.connect();
  try {
    const left = new Set(anchors.keys());
    for await (const id of tenantsOf(client, tenantId)) {
      left.delete(id);
      yield await verifyChain(client, id, anchors.get(id) ?? null, onProgress);
    }
    // A tenant that was kept outside and is not even known any more.
    for (const id of left)
      if (tenantId === undefined || id === tenantId)
        yield await verifyChain(client, id, anchors.get(id) ?? null, onProgress);
  } finally {
    await client.end();
  }
}

async function* tenantsOf(client: Client, only: string | undefined): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const { rows } = await client.query<{ id: string }>(TENANTS, [after, only ?? null]);
    for (const { id } of rows) yield id;
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
  }
}

async function verifyChain(
  client: Client,
  tenantId: string,
  anchor: ChainHead | null,
  onProgress: VerifyOptions['onProgress'],
): Promise<VerifiedChain> {
  await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const head = await headOf(client, tenantId);
    const check = new ChainCheck(head, anchor);
    await client.query(ENTRIES.replace('$1', client.escapeLiteral(tenantId)));
    for (;;) {
      const { rows } = await client.query<ChainedEntry>(`FETCH ${BATCH} FROM entries`);
      if (rows.length === 0) break;
      for (const row of rows) check.add(row);
      onProgress?.(tenantId, check.entries);
    }
    check.finish();
    const { entries, findings, count: findingsCount } = check;
    return { tenantId, entries, head, findings, findingsCount };
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

async function headOf(client: Client, tenantId: string): Promise<ChainHead | null> {
  const { rows } = await client.query<{ seq: string; hash: string }>(
    `SELECT seq::text, encode(hash, 'hex') AS hash FROM audit_heads WHERE tenant_id = $1`,
    [tenantId],
  );
  const [head] = rows;
  return head ? { seq: Number(head.seq), hash: head.hash } : null;
}
