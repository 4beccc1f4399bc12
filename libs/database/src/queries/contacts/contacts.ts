import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { DatabaseRefusal } from '../../connection/database-errors.ts';
import { query, type Transaction } from '../../connection/unit-of-work.ts';
import type { Contact, ContactFilter } from '../../entities/contact.ts';
import type { Position } from '../../rows/page.ts';

const points = (kind: 'phone' | 'email') => `
  coalesce((SELECT json_agg(json_build_object('value', point.value, 'label', point.label,
      'isPrimary', point.is_primary) ORDER BY point.is_primary DESC, point.value)
    FROM contact_points point WHERE point.contact_id = contact.id AND point.kind = '${kind}'), '[]')`;

const VIEW = `
SELECT contact.id, contact.phone, ${points('phone')} AS phones, contact.name, contact.email,
  ${points('email')} AS emails, contact.notes, contact.language, contact.created_at AS "createdAt",
  contact.updated_at AS "updatedAt"
FROM contacts contact WHERE contact.tenant_id = $1`;

/** The contact that a row belongs to, as JSON of a query that joins it as `contact`; null for none. */
export const CONTACT_SHOWN = `CASE WHEN contact.id IS NOT NULL
    THEN json_build_object('id', contact.id, 'phone', contact.phone, 'name', contact.name) END`;

/** Returns SQL for the ids of the contacts of tenant $1 with a number in one of these forms. */
export function contactsWithPhone(forms: string): string {
  return `SELECT contact_id FROM contact_points WHERE tenant_id = $1 AND kind = 'phone'
    AND value = ANY(${forms})`;
}

export async function findContact(
  manager: EntityManager,
  tenantId: TenantId,
  id: string,
): Promise<Contact | null> {
  const [found] = await query<Contact>(manager, `${VIEW} AND contact.id = $2`, [tenantId, id]);
  return found ?? null;
}

/** Newest first, from `start` on; `phones` are the written forms of a contact's number, null for all. */
export function listContacts(
  manager: EntityManager,
  tenantId: TenantId,
  { email, name }: Omit<ContactFilter, 'phone'>,
  phones: readonly string[] | null,
  start: Position | null,
  limit: number,
): Promise<Contact[]> {
  const beginning = name === undefined ? null : `${name.replace(/[\\%_]/g, '\\$&')}%`;
  return query(
    manager,
    `${VIEW} AND ($2::text[] IS NULL OR contact.id IN (${contactsWithPhone('$2::text[]')}))
       AND ($3::text IS NULL OR contact.id IN (SELECT contact_id FROM contact_points
         WHERE tenant_id = $1 AND kind = 'email' AND value = $3))
       AND ($4::text IS NULL OR lower(contact.name) LIKE lower($4))
       AND ($5::timestamptz IS NULL OR (contact.created_at, contact.id) < ($5, $6::uuid))
     ORDER BY contact.created_at DESC, contact.id DESC LIMIT $7`,
    [tenantId, phones, email, beginning, start?.at, start?.id, limit].map((value) => value ?? null),
  );
}

/** Returns the contact another contact's number or address belongs to, in any of these forms. */
export async function ownerOf(
  manager: EntityManager,
  tenantId: TenantId,
  kind: 'phone' | 'email',
  forms: readonly string[],
): Promise<string | null> {
  const [owner] = await query<{ id: string }>(
    manager,
    `SELECT contact_id AS id FROM contact_points WHERE tenant_id = $1 AND kind = $2 AND value = ANY($3)
     ORDER BY array_position($3, value) LIMIT 1`,
    [tenantId, kind, forms],
  );
  return owner?.id ?? null;
}

/** Makes the points of one kind exactly these; the contact's row has the primary one already. */
export async function replacePoints(
  transaction: Transaction,
  tenantId: TenantId,
  contactId: string,
  kind: 'phone' | 'email',
  wanted: readonly { value: string; label: string; isPrimary: boolean }[],
): Promise<void> {
  const values = wanted.map(({ value }) => value);
  await query(
    transaction,
    'DELETE FROM contact_points WHERE contact_id = $1 AND kind = $2 AND NOT value = ANY($3)',
    [contactId, kind, values],
  );
  await query(
    transaction,
    `INSERT INTO contact_points (tenant_id, contact_id, kind, value, label, is_primary)
     SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[], $6::boolean[])
     ON CONFLICT (tenant_id, kind, value) DO UPDATE SET label = excluded.label
       WHERE contact_points.contact_id = excluded.contact_id`,
    [
      tenantId,
      contactId,
      kind,
      values,
      wanted.map(({ label }) => label),
      wanted.map(({ isPrimary }) => isPrimary),
    ],
  );
}

/** Returns the id of the contact with this number, created if there is none; fills in a missing name. */
export async function ensureContact(
  transaction: Transaction,
  tenantId: TenantId,
  phone: string,
  name: string | null,
): Promise<string> {
  const [contact] = await query<{ id: string }>(
    transaction,
    `INSERT INTO contacts AS kept (tenant_id, phone, name) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id, phone) DO UPDATE SET name = coalesce(kept.name, excluded.name),
       updated_at = CASE WHEN kept.name IS NULL AND excluded.name IS NOT NULL THEN now()
         ELSE kept.updated_at END
     RETURNING id`,
    [tenantId, phone, name],
  );
  if (!contact) throw new DatabaseRefusal('no-row', 'contacts_phone_key', 'contacts');
  return contact.id;
}

/** Fills in the name of a contact that has none. */
export async function nameContact(transaction: Transaction, id: string, name: string): Promise<void> {
  await query(
    transaction,
    'UPDATE contacts SET name = $2, updated_at = now() WHERE id = $1 AND name IS NULL',
    [id, name],
  );
}

/**
 * Returns whether the tenant has a contact, and has it stay until the transaction ends, so that a row may
 * name it.
 */
export async function holdContact(
  transaction: Transaction,
  tenantId: TenantId,
  id: string,
): Promise<boolean> {
  const found = await query(
    transaction,
    'SELECT 1 FROM contacts WHERE tenant_id = $1 AND id = $2 FOR KEY SHARE',
    [tenantId, id],
  );
  return found.length === 1;
}
