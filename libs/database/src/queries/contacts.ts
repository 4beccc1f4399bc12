import type { TenantId } from '@tandem/contracts';
import { DatabaseRefusal } from '../connection/database-errors.ts';
import { query, type Transaction } from '../connection/unit-of-work.ts';

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

/** The contact that a row belongs to, as JSON of a query that joins it as `contact`; null for none. */
export const CONTACT_SHOWN = `CASE WHEN contact.id IS NOT NULL
    THEN json_build_object('id', contact.id, 'phone', contact.phone, 'name', contact.name) END`;

/** Returns SQL for the ids of the contacts of tenant $1 with a number in one of these forms. */
export function contactsWithPhone(forms: string): string {
  return `SELECT id FROM contacts WHERE tenant_id = $1 AND phone = ANY(${forms})`;
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
