import { writtenForms, type TenantId } from '@tandem/contracts';
import { In, Not, type DataSource } from 'typeorm';
import { DatabaseRefusal, SQL_STATE, translate } from '../../connection/database-errors.ts';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { ContactRow } from '../../entities/business.entities.ts';
import type { Enquirer } from '../../entities/enquiry.ts';
import { ensureContact, holdContact } from '../../queries/contacts.ts';
import { lockName } from '../../queries/locks.ts';
import { given } from '../../rows/given.ts';
import { newestFirst, startOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { without } from '../../rows/without.ts';

export type Contact = Readonly<Omit<ContactRow, 'tenantId'>>;

interface ContactFields {
  readonly phone: string;
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly notes?: string | undefined;
  readonly language?: string | null | undefined;
}

/** Fields to change: absent fields stay, null empties. */
type ContactChange = { readonly [Field in keyof ContactFields]?: ContactFields[Field] | undefined };

/** A tenant's contacts, one per phone number. */
export class ContactRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. @throws CursorMalformed */
  async list(
    tenantId: TenantId,
    filter: { phone?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Contact>> {
    const start = startOf(page);
    const found = await run(this.dataSource, (manager) => {
      const contacts = manager
        .createQueryBuilder(ContactRow, 'contact')
        .where('contact.tenantId = :tenantId', { tenantId });
      if (filter.phone)
        contacts.andWhere('contact.phone IN (:...phones)', { phones: writtenForms(filter.phone) });
      return newestFirst(contacts, 'createdAt', start, page.limit);
    });
    return toPage(found, page.limit, (row) => ({ at: row.createdAt, id: row.id }), toContact);
  }

  async find(tenantId: TenantId, id: string): Promise<Contact | null> {
    const row = await run(this.dataSource, (manager) => manager.findOneBy(ContactRow, { tenantId, id }));
    return row && toContact(row);
  }

  /** Null when the tenant has a contact with this number already, in any written form. */
  async create(transaction: Transaction, tenantId: TenantId, fields: ContactFields): Promise<Contact | null> {
    if (await this.otherWith(transaction, tenantId, fields.phone, null)) return null;
    const inserted = await transaction
      .createQueryBuilder()
      .insert()
      .into(ContactRow)
      .values({ tenantId, ...given(fields) })
      .orIgnore()
      .returning(['id'])
      .execute();
    const [id] = (inserted.raw as { id: string }[]).map((row) => row.id);
    if (id === undefined) return null;
    return toContact(await transaction.findOneByOrFail(ContactRow, { tenantId, id }));
  }

  /** Changes the given fields. `taken`: another contact of the tenant has that number. */
  async update(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: ContactChange,
  ): Promise<Contact | 'not-found' | 'taken'> {
    if (fields.phone !== undefined && (await this.otherWith(transaction, tenantId, fields.phone, id)))
      return 'taken';
    try {
      const result = await transaction.update(
        ContactRow,
        { tenantId, id },
        { ...given(fields), updatedAt: new Date() },
      );
      if (result.affected !== 1) return 'not-found';
    } catch (error) {
      const meaning = translate(error);
      if (meaning instanceof DatabaseRefusal && meaning.sqlState === SQL_STATE.uniqueViolation)
        return 'taken';
      throw error;
    }
    return toContact(await transaction.findOneByOrFail(ContactRow, { tenantId, id }));
  }

  /** Returns the contact with this number, created if there is none. Fills in a missing name. */
  async ensure(
    transaction: Transaction,
    tenantId: TenantId,
    phone: string,
    name: string | null,
  ): Promise<string> {
    const written = (await this.otherWith(transaction, tenantId, phone, null)) ?? phone;
    return ensureContact(transaction, tenantId, written, storable(name));
  }

  /**
   * Returns the contact of an enquiry, created if there is none with its number; null where neither is given.
   */
  async ofEnquirer(
    transaction: Transaction,
    tenantId: TenantId,
    { contactId, contactPhone, name }: Enquirer,
  ): Promise<{ readonly contactId: string | null } | 'unknown-contact'> {
    if (contactId !== null)
      return (await holdContact(transaction, tenantId, contactId)) ? { contactId } : 'unknown-contact';
    if (contactPhone === null) return { contactId: null };
    return { contactId: await this.ensure(transaction, tenantId, contactPhone, name) };
  }

  /**
   * Returns another contact's number as stored, if it is this one in any written form. The unique key knows
   * one form only, so writers of the same number wait for each other.
   */
  private async otherWith(
    transaction: Transaction,
    tenantId: TenantId,
    phone: string,
    than: string | null,
  ): Promise<string | null> {
    const forms = writtenForms(phone);
    if (forms.length === 1) return null;
    await lockName(transaction, `${tenantId} ${[...forms].sort().join(' ')}`);
    const found = await transaction.findBy(ContactRow, {
      tenantId,
      phone: In(forms),
      ...(than === null ? {} : { id: Not(than) }),
    });
    return forms.find((form) => found.some((contact) => contact.phone === form)) ?? null;
  }
}

const toContact = (row: ContactRow): Contact => without(row, 'tenantId');
