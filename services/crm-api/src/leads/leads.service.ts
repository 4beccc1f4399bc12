import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { LeadRepository, type Lead, type Page, type Transaction } from '@tandem/database';
import { Problem, type Principal } from '@tandem/platform';
import { enquiryOf } from '../enquiries/enquiry.dto.ts';
import { unknownContact } from '../enquiries/unknown-contact.ts';
import type { CreateLead, ListLeads, UpdateLead } from './lead.dto.ts';

/** The leads of a tenant. */
@Injectable()
export class LeadsService {
  constructor(private readonly leads: LeadRepository) {}

  /**
   * Stores a lead, unless the same tool call has made one: that one is returned.
   * @param key the request's Idempotency-Key; that of a service is the id of the tool call
   * @throws Problem 422 `unknown-contact`
   */
  async create(
    transaction: Transaction,
    principal: Principal,
    key: string,
    asked: CreateLead,
  ): Promise<{ lead: Lead; isNew: boolean }> {
    const { summary, urgency, stage } = asked;
    const source = asked.source ?? (principal.callId === null ? 'api' : 'call');
    const created = await this.leads.create(transaction, {
      ...enquiryOf(asked, principal, key),
      summary,
      source,
      urgency,
      stage,
    });
    if (created === 'unknown-contact') throw unknownContact();
    return created;
  }

  /** @throws Problem 404; 422 `unknown-contact` */
  async update(transaction: Transaction, tenantId: TenantId, id: string, change: UpdateLead): Promise<Lead> {
    const lead = await this.leads.update(transaction, tenantId, id, change);
    if (lead === 'unknown-contact') throw unknownContact();
    if (lead === 'not-found') throw notFound();
    return lead;
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<Lead> {
    const lead = await this.leads.find(tenantId, id);
    if (!lead) throw notFound();
    return lead;
  }

  list(tenantId: TenantId, { limit, cursor, ...filter }: ListLeads): Promise<Page<Lead>> {
    return this.leads.list(tenantId, filter, { limit, cursor });
  }
}

const notFound = () =>
  new Problem(404, 'lead-not-found', 'No such lead', 'There is no lead with this id. Ask for the list.');
