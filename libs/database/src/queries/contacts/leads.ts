import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { DatabaseRefusal } from '../../connection/database-errors.ts';
import { query, type Transaction } from '../../connection/unit-of-work.ts';
import type { Lead, LeadFilter, NewLead } from '../../entities/enquiry.ts';
import type { Position } from '../../rows/page.ts';
import { CONTACT_SHOWN, contactsWithPhone } from './contacts.ts';
import type { WrittenRow } from './written-row.ts';

const VIEW = `
SELECT lead.id, ${CONTACT_SHOWN} AS contact, lead.name, lead.summary, lead.source, lead.urgency, lead.stage,
  lead.call_id AS "callId", lead.created_at AS "createdAt", lead.updated_at AS "updatedAt"
FROM leads lead LEFT JOIN contacts contact ON contact.id = lead.contact_id
WHERE lead.tenant_id = $1`;

export async function findLead(manager: EntityManager, tenantId: TenantId, id: string): Promise<Lead | null> {
  const [found] = await query<Lead>(manager, `${VIEW} AND lead.id = $2`, [tenantId, id]);
  return found ?? null;
}

/** Newest first, from `start` on; `phones` are the written forms of a contact's number, null for all. */
export function listLeads(
  manager: EntityManager,
  tenantId: TenantId,
  { stage, urgency }: Omit<LeadFilter, 'contactPhone'>,
  phones: readonly string[] | null,
  start: Position | null,
  limit: number,
): Promise<Lead[]> {
  return query(
    manager,
    `${VIEW} AND ($2::text[] IS NULL OR lead.contact_id IN (${contactsWithPhone('$2::text[]')}))
       AND ($3::text IS NULL OR lead.stage = $3) AND ($4::text IS NULL OR lead.urgency = $4)
       AND ($5::timestamptz IS NULL OR (lead.created_at, lead.id) < ($5, $6::uuid))
     ORDER BY lead.created_at DESC, lead.id DESC LIMIT $7`,
    [tenantId, phones, stage, urgency, start?.at, start?.id, limit].map((value) => value ?? null),
  );
}

/** Stores a lead, unless its tool call has made one. */
export async function insertLead(
  transaction: Transaction,
  lead: NewLead,
  contactId: string | null,
): Promise<WrittenRow> {
  const [written] = await query<WrittenRow>(
    transaction,
    `INSERT INTO leads (tenant_id, contact_id, name, summary, source, urgency, stage, call_id, tool_call_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (tenant_id, tool_call_id) DO UPDATE SET tool_call_id = excluded.tool_call_id
     RETURNING id, xmax = 0 AS "isNew"`,
    [
      lead.tenantId,
      contactId,
      lead.name,
      lead.summary,
      lead.source,
      lead.urgency,
      lead.stage,
      lead.callId,
      lead.toolCallId,
    ],
  );
  if (!written) throw new DatabaseRefusal('no-row', undefined, 'leads');
  return written;
}
