import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  ContactHistoryRepository,
  ContactRepository,
  type Contact,
  type ContactHistoryEntry,
  type Page,
  type Transaction,
} from '@tandem/database';
import { Problem, type Principal } from '@tandem/platform';
import { toContactChange, type CreateContact, type ListContacts, type UpdateContact } from './contact.dto.ts';

/** The contacts of a tenant. */
@Injectable()
export class ContactsService {
  constructor(
    private readonly contacts: ContactRepository,
    private readonly histories: ContactHistoryRepository,
  ) {}

  list(tenantId: TenantId, { limit, cursor, ...filter }: ListContacts): Promise<Page<Contact>> {
    return this.contacts.list(tenantId, filter, { limit, cursor });
  }

  /** @throws Problem 404, or 410 `contact-merged` */
  async get(tenantId: TenantId, id: string): Promise<Contact> {
    return (await this.contacts.find(tenantId, id)) ?? this.refuseMissing(tenantId, id);
  }

  /** @throws Problem 409 `phone-taken`, `email-taken` */
  async create(
    transaction: Transaction,
    { tenantId, callId }: Principal,
    fields: CreateContact,
  ): Promise<Contact> {
    const contact = await this.contacts.create(transaction, tenantId, toContactChange(fields), callId);
    if (typeof contact === 'string') throw taken(contact);
    return contact;
  }

  /** @throws Problem 404, 410 `contact-merged`, or 409 `phone-taken`, `email-taken` */
  async update(
    transaction: Transaction,
    { tenantId, callId }: Principal,
    id: string,
    fields: UpdateContact,
  ): Promise<Contact> {
    const contact = await this.contacts.update(transaction, tenantId, id, toContactChange(fields), callId);
    if (contact === 'not-found') return this.refuseMissing(tenantId, id, transaction);
    if (typeof contact === 'string') throw taken(contact);
    return contact;
  }

  /**
   * Makes a contact part of another one, which is returned; also when that happened before.
   * @throws Problem 404, 410 `contact-merged`, or 422 `same-contact`, `unknown-contact`
   */
  async merge(
    transaction: Transaction,
    { tenantId, callId }: Principal,
    id: string,
    into: string,
  ): Promise<Contact> {
    if (id === into) throw sameContact();
    const merged = await this.contacts.merge(transaction, tenantId, id, into, callId);
    if (merged !== 'not-found') return merged;
    const target = await this.contacts.find(tenantId, into, transaction);
    const formerInto = await this.contacts.mergedInto(tenantId, id, transaction);
    if (target && formerInto === into) return target;
    const isTargetAtFault = formerInto === null && (await this.contacts.find(tenantId, id, transaction));
    if (!isTargetAtFault) return this.refuseMissing(tenantId, id, transaction);
    if ((await this.contacts.mergedInto(tenantId, into, transaction)) === null) throw unknownTarget();
    return this.refuseMissing(tenantId, into, transaction);
  }

  /** @throws Problem 404, or 410 `contact-merged` */
  async history(
    tenantId: TenantId,
    id: string,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<Page<ContactHistoryEntry>> {
    return (await this.histories.page(tenantId, id, page)) ?? this.refuseMissing(tenantId, id);
  }

  /** @throws Problem 404, or 410 `contact-merged` with the contact it is part of */
  async refuseMissing(tenantId: TenantId, id: string, transaction?: Transaction): Promise<never> {
    const contactId = await this.contacts.mergedInto(tenantId, id, transaction);
    if (contactId === null) throw notFound();
    throw new Problem(
      410,
      'contact-merged',
      'The contact is part of another one',
      'This contact was merged into another one, which has everything of both. Ask for `contactId`.',
      { contactId },
    );
  }
}

const notFound = () =>
  new Problem(
    404,
    'contact-not-found',
    'No such contact',
    'There is no contact with this id. Ask for the list.',
  );
const sameContact = () =>
  new Problem(422, 'same-contact', 'One contact twice', 'A contact is merged into another one. Give its id.');
const unknownTarget = () =>
  new Problem(
    422,
    'unknown-contact',
    'No such contact',
    'There is no contact with the id in `into`. Nothing was merged. Ask for the list.',
  );

const TAKEN = {
  'phone-taken': ['The number is taken', 'Another contact has this phone number. Find it by its number'],
  'email-taken': ['The address is taken', 'Another contact has this e-mail address. Find it by its address'],
} as const;

function taken(code: keyof typeof TAKEN): Problem {
  const [title, detail] = TAKEN[code];
  return new Problem(409, code, title, `${detail} and change it instead, or merge the two.`);
}
