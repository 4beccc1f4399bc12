import { writtenForms, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { DatabaseRefusal } from '../../connection/database-errors.ts';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { LeadRow } from '../../entities/enquiry.entities.ts';
import type { Lead, LeadChange, LeadFilter, NewLead } from '../../entities/enquiry.ts';
import { holdContact } from '../../queries/contacts/contacts.ts';
import { findLead, insertLead, listLeads } from '../../queries/contacts/leads.ts';
import { given } from '../../rows/given.ts';
import { startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { ContactRepository } from '../contacts/contact.repository.ts';
import { writeEvent } from '../webhooks/outbox.ts';
import { leadEvent } from './enquiry-event.ts';

/** A tenant's leads. */
export class LeadRepository {
  private readonly contacts: ContactRepository;

  constructor(private readonly dataSource: DataSource) {
    this.contacts = new ContactRepository(dataSource);
  }

  /** Stores a lead with its event. A tool call makes one at most: its lead is returned again. */
  async create(
    transaction: Transaction,
    lead: NewLead,
  ): Promise<{ lead: Lead; isNew: boolean } | 'unknown-contact'> {
    const { tenantId } = lead;
    const found = await this.contacts.ofEnquirer(transaction, tenantId, lead);
    if (found === 'unknown-contact') return found;
    const { id, isNew } = await insertLead(transaction, storable(lead), found.contactId);
    const stored = await this.stored(transaction, tenantId, id);
    if (isNew) await writeEvent(transaction, leadEvent(tenantId, stored));
    return { lead: stored, isNew };
  }

  /** Changes the given fields. */
  async update(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    change: LeadChange,
  ): Promise<Lead | 'not-found' | 'unknown-contact'> {
    const { contactId } = change;
    if (typeof contactId === 'string' && !(await holdContact(transaction, tenantId, contactId)))
      return 'unknown-contact';
    const { affected } = await transaction.update(
      LeadRow,
      { tenantId, id },
      { ...given(change), updatedAt: () => 'now()' },
    );
    return affected ? this.stored(transaction, tenantId, id) : 'not-found';
  }

  async find(tenantId: TenantId, id: string): Promise<Lead | null> {
    return run(this.dataSource, tenantId, (manager) => findLead(manager, tenantId, id));
  }

  /** Newest first. @throws CursorMalformed */
  async list(tenantId: TenantId, filter: LeadFilter, page: PageRequest): Promise<Page<Lead>> {
    const start = startOf(page);
    const phones = filter.contactPhone ? writtenForms(filter.contactPhone) : null;
    const found = await run(this.dataSource, tenantId, (manager) =>
      listLeads(manager, tenantId, filter, phones, start, page.limit + 1),
    );
    return toPageByTime(found, page.limit, (lead) => lead);
  }

  private async stored(transaction: Transaction, tenantId: TenantId, id: string): Promise<Lead> {
    const lead = await findLead(transaction, tenantId, id);
    if (!lead) throw new DatabaseRefusal('no-row', undefined, 'leads');
    return lead;
  }
}
