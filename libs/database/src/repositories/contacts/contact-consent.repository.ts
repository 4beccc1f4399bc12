import type { ConsentPurpose, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { ContactConsentRow } from '../../entities/contact.entities.ts';
import type { ContactConsent } from '../../entities/contact.ts';
import { findContact, holdContact } from '../../queries/contacts/contacts.ts';
import { storable } from '../../rows/storable.ts';
import { without } from '../../rows/without.ts';
import { writeEvent } from '../webhooks/outbox.ts';
import { contactUpdated } from './contact-event.ts';

/** Statements returned for one purpose; older ones stay in the database. */
const MOST = 100;

/** Statements of contacts on what they allow. None is changed or deleted: the newest one counts. */
export class ContactConsentRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Returns the statements on a purpose, the newest one first. */
  async history(tenantId: TenantId, contactId: string, purpose: ConsentPurpose): Promise<ContactConsent[]> {
    return run(this.dataSource, tenantId, (manager) => read(manager, tenantId, contactId, purpose));
  }

  /** Adds a statement. Null when the tenant has no such contact. */
  async state(
    transaction: Transaction,
    tenantId: TenantId,
    contactId: string,
    purpose: ConsentPurpose,
    consent: ContactConsent,
  ): Promise<ContactConsent[] | null> {
    if (!(await holdContact(transaction, tenantId, contactId))) return null;
    await transaction.insert(ContactConsentRow, { tenantId, contactId, purpose, ...storable(consent) });
    const contact = await findContact(transaction, tenantId, contactId);
    if (contact)
      await writeEvent(
        transaction,
        contactUpdated(tenantId, contact, consent.callId, { consent: { purpose, ...consent } }),
      );
    return read(transaction, tenantId, contactId, purpose);
  }
}

async function read(
  manager: Transaction,
  tenantId: TenantId,
  contactId: string,
  purpose: ConsentPurpose,
): Promise<ContactConsent[]> {
  const found = await manager.find(ContactConsentRow, {
    where: { tenantId, contactId, purpose },
    order: { at: 'DESC', createdAt: 'DESC' },
    take: MOST,
  });
  return found.map((row) => without(row, 'id', 'tenantId', 'contactId', 'purpose', 'createdAt'));
}
