import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../../connection/unit-of-work.ts';

/** Locks the contacts that are there, in one order for every transaction. Returns their ids. */
export async function lockContacts(
  transaction: Transaction,
  tenantId: TenantId,
  ids: readonly string[],
): Promise<string[]> {
  const found = await query<{ id: string }>(
    transaction,
    'SELECT id FROM contacts WHERE tenant_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE',
    [tenantId, ids],
  );
  return found.map(({ id }) => id);
}

/** Rows that belong to a contact. */
const OWNED = ['bookings', 'leads', 'staff_messages', 'contact_consents', 'waiting_list'];

/** Gives everything of one contact to another one and deletes it. The transaction holds both rows. */
export async function moveContact(
  transaction: Transaction,
  tenantId: TenantId,
  from: string,
  into: string,
): Promise<void> {
  const pair = [tenantId, from, into];
  for (const table of OWNED)
    await query(
      transaction,
      `UPDATE ${table} SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2`,
      pair,
    );
  await query(
    transaction,
    `UPDATE contact_points SET contact_id = $3, is_primary = false
     WHERE tenant_id = $1 AND contact_id = $2`,
    pair,
  );
  await query(
    transaction,
    'UPDATE contact_merges SET into_id = $3 WHERE tenant_id = $1 AND into_id = $2',
    pair,
  );
  await query(
    transaction,
    'INSERT INTO contact_merges (tenant_id, merged_id, into_id) VALUES ($1, $2, $3)',
    pair,
  );
  const [gone] = await query<FormerContact>(
    transaction,
    'DELETE FROM contacts WHERE tenant_id = $1 AND id = $2 RETURNING phone, name, email, notes, language',
    [tenantId, from],
  );
  if (gone) await fillIn(transaction, tenantId, into, gone);
}

interface FormerContact {
  readonly phone: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly notes: string;
  readonly language: string | null;
}

async function fillIn(
  transaction: Transaction,
  tenantId: TenantId,
  into: string,
  { phone, name, email, notes, language }: FormerContact,
): Promise<void> {
  await query(
    transaction,
    `UPDATE contacts SET name = coalesce(name, $3), email = coalesce(email, $4),
       language = coalesce(language, $5), updated_at = now(),
       notes = concat_ws(E'\\n', nullif(notes, ''), nullif($6::text, ''))
     WHERE tenant_id = $1 AND id = $2`,
    [tenantId, into, name, email, language, notes],
  );
  // A release that knows no points may have left the number without one.
  await query(
    transaction,
    `INSERT INTO contact_points (tenant_id, contact_id, kind, value, is_primary)
     VALUES ($1, $2, 'phone', $3, false) ON CONFLICT DO NOTHING`,
    [tenantId, into, phone],
  );
}

/** Returns the contact that one became part of; null when it was not merged. */
export async function findMerged(
  manager: EntityManager,
  tenantId: TenantId,
  id: string,
): Promise<string | null> {
  const [merged] = await query<{ into: string }>(
    manager,
    'SELECT into_id AS "into" FROM contact_merges WHERE tenant_id = $1 AND merged_id = $2',
    [tenantId, id],
  );
  return merged?.into ?? null;
}
