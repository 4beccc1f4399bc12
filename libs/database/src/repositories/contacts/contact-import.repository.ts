import { writtenForms, type TenantId } from '@tandem/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import type { Contact, ContactChange } from '../../entities/contact.ts';
import { findContact, ownerOf } from '../../queries/contacts/contacts.ts';
import { ContactRepository } from './contact.repository.ts';
import { lockPoints } from './point-locks.ts';

/** A contact as a file has it: known by its number, with the fields the file gives. */
export type ContactImport = Pick<ContactChange, 'name' | 'email' | 'notes' | 'language'> & {
  readonly phone: string;
};

/** The result of an import for a contact, or what it would be; `email-taken`: another one has the address. */
export interface ImportedContact {
  readonly action: 'created' | 'updated' | 'unchanged' | 'email-taken';
  readonly contactId: string | null;
}

/** Contacts brought in from a file. */
export class ContactImportRepository {
  private readonly contacts: ContactRepository;

  constructor(private readonly dataSource: DataSource) {
    this.contacts = new ContactRepository(dataSource);
  }

  /** Returns what {@link apply} would do, in the order of the contacts. */
  plan(tenantId: TenantId, imports: readonly ContactImport[]): Promise<ImportedContact[]> {
    return run(this.dataSource, tenantId, async (manager) => {
      const planned: ImportedContact[] = [];
      for (const wanted of imports) planned.push(await planOne(manager, tenantId, wanted));
      return planned;
    });
  }

  /** Adds the contacts, and changes those whose number is known; no other field of theirs changes. */
  async apply(
    transaction: Transaction,
    tenantId: TenantId,
    imports: readonly ContactImport[],
  ): Promise<ImportedContact[]> {
    // All at once and in one order: one by one, two imports could wait for each other.
    await lockPoints(transaction, tenantId, {
      phones: imports.map(({ phone }) => phone),
      emails: imports.flatMap(({ email }) => (email ? [email] : [])),
    });
    const done: ImportedContact[] = [];
    for (const wanted of imports) done.push(await this.applyOne(transaction, tenantId, wanted));
    return done;
  }

  private async applyOne(
    transaction: Transaction,
    tenantId: TenantId,
    wanted: ContactImport,
  ): Promise<ImportedContact> {
    const planned = await planOne(transaction, tenantId, wanted);
    if (planned.action === 'unchanged' || planned.action === 'email-taken') return planned;
    const { phone: _phone, ...fields } = wanted;
    const stored =
      planned.contactId === null
        ? await this.contacts.create(transaction, tenantId, wanted)
        : await this.contacts.update(transaction, tenantId, planned.contactId, fields);
    if (typeof stored === 'string') return { action: 'email-taken', contactId: null };
    return { ...planned, contactId: stored.id };
  }
}

async function planOne(
  manager: EntityManager,
  tenantId: TenantId,
  wanted: ContactImport,
): Promise<ImportedContact> {
  const owner = await ownerOf(manager, tenantId, 'phone', writtenForms(wanted.phone));
  if (wanted.email) {
    const other = await ownerOf(manager, tenantId, 'email', [wanted.email]);
    if (other !== null && other !== owner) return { action: 'email-taken', contactId: null };
  }
  const contact = owner === null ? null : await findContact(manager, tenantId, owner);
  if (!contact) return { action: 'created', contactId: null };
  return { action: hasAll(contact, wanted) ? 'unchanged' : 'updated', contactId: contact.id };
}

/** Returns whether a contact has every field of the file already. */
function hasAll(contact: Contact, { name, email, notes, language }: ContactImport): boolean {
  const given = { name, email, notes, language };
  return (Object.keys(given) as (keyof typeof given)[]).every(
    (field) => given[field] === undefined || given[field] === contact[field],
  );
}
