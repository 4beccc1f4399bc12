import { writtenForms, type TenantId } from '@tandem/contracts';
import type { Transaction } from '../../connection/unit-of-work.ts';
import { lockName } from '../../queries/locks.ts';

/**
 * Has writers of the same numbers and addresses wait for each other until the transaction ends. Taken before
 * rows of contacts are locked, and in one order, so that two of them never hold what the other one wants.
 */
export async function lockPoints(
  transaction: Transaction,
  tenantId: TenantId,
  { phones, emails }: { readonly phones: readonly string[]; readonly emails: readonly string[] },
): Promise<void> {
  const names = [
    ...phones.map((phone) => `${tenantId} ${[...writtenForms(phone)].sort().join(' ')}`),
    ...emails.map((email) => `${tenantId} ${email}`),
  ];
  for (const name of [...new Set(names)].sort()) await lockName(transaction, name);
}
