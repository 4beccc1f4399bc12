import { writtenForms, type CallId, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { DatabaseRefusal, SQL_STATE, translate } from '../../connection/database-errors.ts';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { ContactRow } from '../../entities/business.entities.ts';
import type { Contact, ContactChange, ContactFilter, ContactPoint } from '../../entities/contact.ts';
import type { Enquirer } from '../../entities/enquiry.ts';
import { findMerged, lockContacts, moveContact } from '../../queries/contacts/contact-merge.ts';
import {
  ensureContact,
  findContact,
  holdContact,
  listContacts,
  nameContact,
  ownerOf,
  replacePoints,
} from '../../queries/contacts/contacts.ts';
import { given } from '../../rows/given.ts';
import { startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { writeEvent } from '../webhooks/outbox.ts';
import { contactUpdated } from './contact-event.ts';
import { lockPoints } from './point-locks.ts';

type Taken = 'phone-taken' | 'email-taken';

/** A tenant's contacts: people, each with any number of phone numbers and e-mail addresses. */
export class ContactRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. @throws CursorMalformed */
  async list(tenantId: TenantId, filter: ContactFilter, page: PageRequest): Promise<Page<Contact>> {
    const start = startOf(page);
    const phones = filter.phone ? writtenForms(filter.phone) : null;
    const found = await run(this.dataSource, tenantId, (manager) =>
      listContacts(manager, tenantId, filter, phones, start, page.limit + 1),
    );
    return toPageByTime(found, page.limit, (contact) => contact);
  }

  find(tenantId: TenantId, id: string, transaction?: Transaction): Promise<Contact | null> {
    if (transaction) return findContact(transaction, tenantId, id);
    return run(this.dataSource, tenantId, (manager) => findContact(manager, tenantId, id));
  }

  /** Returns the contact that one became part of; null when it was not merged. */
  mergedInto(tenantId: TenantId, id: string, transaction?: Transaction): Promise<string | null> {
    if (transaction) return findMerged(transaction, tenantId, id);
    return run(this.dataSource, tenantId, (manager) => findMerged(manager, tenantId, id));
  }

  /**
   * Adds a contact, unless another one of the tenant has its number, in any written form, or its address.
   * @param fields with the primary number in `phone` or in `phones`
   */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    fields: ContactChange,
    callId: CallId | null = null,
  ): Promise<Contact | Taken> {
    const taken = await this.takenBy(transaction, tenantId, fields, null);
    if (taken) return taken;
    const inserted = await transaction
      .createQueryBuilder()
      .insert()
      .into(ContactRow)
      .values({ tenantId, ...ownFields(fields) })
      .orIgnore()
      .returning(['id'])
      .execute();
    const [id] = (inserted.raw as { id: string }[]).map((row) => row.id);
    if (id === undefined) return 'phone-taken';
    return this.finish(transaction, tenantId, id, fields, callId);
  }

  /** Changes the given fields, unless another contact of the tenant has the number or the address. */
  async update(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: ContactChange,
    callId: CallId | null = null,
  ): Promise<Contact | 'not-found' | Taken> {
    const taken = await this.takenBy(transaction, tenantId, fields, id);
    if (taken) return taken;
    const [held] = await lockContacts(transaction, tenantId, [id]);
    if (held === undefined) return 'not-found';
    try {
      await transaction.update(ContactRow, { tenantId, id }, { ...ownFields(fields), updatedAt: new Date() });
    } catch (error) {
      const meaning = translate(error);
      if (meaning instanceof DatabaseRefusal && meaning.sqlState === SQL_STATE.uniqueViolation)
        return 'phone-taken';
      throw error;
    }
    return this.finish(transaction, tenantId, id, fields, callId);
  }

  /**
   * Makes one contact part of another: points, bookings, leads, messages and consents move, and what the
   * other one lacks is filled in.
   * @returns `not-found` when the tenant does not have both
   */
  async merge(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    into: string,
    callId: CallId | null = null,
  ): Promise<Contact | 'not-found'> {
    const from = await findContact(transaction, tenantId, id);
    const target = await findContact(transaction, tenantId, into);
    const known = [from, target].filter((contact) => contact !== null);
    await lockPoints(transaction, tenantId, {
      phones: known.flatMap(({ phone, phones }) => [phone, ...phones.map(({ value }) => value)]),
      emails: known.flatMap(({ emails }) => emails.map(({ value }) => value)),
    });
    const held = await lockContacts(transaction, tenantId, [id, into]);
    if (held.length !== 2) return 'not-found';
    await moveContact(transaction, tenantId, id, into);
    return this.withEvent(transaction, tenantId, into, callId, { mergedFrom: id });
  }

  /** Returns the contact with this number, created if there is none. Fills in a missing name. */
  async ensure(
    transaction: Transaction,
    tenantId: TenantId,
    phone: string,
    name: string | null,
  ): Promise<string> {
    await lockPoints(transaction, tenantId, { phones: [phone], emails: [] });
    const owner = await ownerOf(transaction, tenantId, 'phone', writtenForms(phone));
    if (owner === null) return ensureContact(transaction, tenantId, phone, storable(name));
    if (name !== null) await nameContact(transaction, owner, storable(name));
    return owner;
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
   * Returns whether a number or an address belongs to another contact. The unique keys know one form of a
   * number only, so writers of the same number wait for each other.
   */
  private async takenBy(
    transaction: Transaction,
    tenantId: TenantId,
    fields: ContactChange,
    than: string | null,
  ): Promise<Taken | null> {
    const phones = valuesOf(fields.phones, fields.phone);
    const emails = valuesOf(fields.emails, fields.email);
    await lockPoints(transaction, tenantId, { phones, emails });
    for (const phone of phones) {
      const owner = await ownerOf(transaction, tenantId, 'phone', writtenForms(phone));
      if (owner !== null && owner !== than) return 'phone-taken';
    }
    for (const email of emails) {
      const owner = await ownerOf(transaction, tenantId, 'email', [email]);
      if (owner !== null && owner !== than) return 'email-taken';
    }
    return null;
  }

  private async finish(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    { phones, emails }: ContactChange,
    callId: CallId | null,
  ): Promise<Contact> {
    if (phones) await replacePoints(transaction, tenantId, id, 'phone', storable(phones));
    if (emails) await replacePoints(transaction, tenantId, id, 'email', storable(emails));
    return this.withEvent(transaction, tenantId, id, callId);
  }

  private async withEvent(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    callId: CallId | null,
    about: object = {},
  ): Promise<Contact> {
    const contact = await findContact(transaction, tenantId, id);
    if (!contact) throw new DatabaseRefusal('no-row', undefined, 'contacts');
    await writeEvent(transaction, contactUpdated(tenantId, contact, callId, about));
    return contact;
  }
}

/** Returns the columns of the contact's own row, which has the primary number and address. */
function ownFields({ phones, emails, ...fields }: ContactChange): Partial<ContactRow> {
  const phone = phones?.find(({ isPrimary }) => isPrimary)?.value;
  const email = emails?.find(({ isPrimary }) => isPrimary)?.value ?? null;
  return given({
    ...fields,
    ...(phone === undefined ? {} : { phone }),
    ...(emails === undefined ? {} : { email }),
  });
}

function valuesOf(all: readonly ContactPoint[] | undefined, primary: string | null | undefined): string[] {
  return [...(all ?? []).map(({ value }) => value), ...(typeof primary === 'string' ? [primary] : [])];
}
