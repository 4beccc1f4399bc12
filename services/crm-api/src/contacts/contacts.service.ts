import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { ContactRepository, type Contact, type Page, type Transaction } from '@tandem/database';
import { Problem } from '@tandem/platform';
import type { CreateContact, ListContacts, UpdateContact } from './contact.dto.ts';

/** The contacts of a tenant. */
@Injectable()
export class ContactsService {
  constructor(private readonly contacts: ContactRepository) {}

  list(tenantId: TenantId, { phone, limit, cursor }: ListContacts): Promise<Page<Contact>> {
    return this.contacts.list(tenantId, { phone }, { limit, cursor });
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<Contact> {
    const contact = await this.contacts.find(tenantId, id);
    if (!contact) throw notFound();
    return contact;
  }

  /** @throws Problem 409 `phone-taken` */
  async create(transaction: Transaction, tenantId: TenantId, fields: CreateContact): Promise<Contact> {
    const contact = await this.contacts.create(transaction, tenantId, fields);
    if (!contact) throw phoneTaken();
    return contact;
  }

  /** @throws Problem 404, or 409 `phone-taken` */
  async update(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: UpdateContact,
  ): Promise<Contact> {
    const contact = await this.contacts.update(transaction, tenantId, id, fields);
    if (contact === 'not-found') throw notFound();
    if (contact === 'taken') throw phoneTaken();
    return contact;
  }
}

const notFound = () =>
  new Problem(
    404,
    'contact-not-found',
    'No such contact',
    'There is no contact with this id. Ask for the list.',
  );
const phoneTaken = () =>
  new Problem(
    409,
    'phone-taken',
    'The number is taken',
    'Another contact has this phone number. Find it by its number and change it instead.',
  );
