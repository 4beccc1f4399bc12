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
