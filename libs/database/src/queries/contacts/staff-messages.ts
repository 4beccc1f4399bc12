import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { DatabaseRefusal } from '../../connection/database-errors.ts';
import { query, type Transaction } from '../../connection/unit-of-work.ts';
import type { NewStaffMessage, StaffMessage, StaffMessageFilter } from '../../entities/enquiry.ts';
import type { Position } from '../../rows/page.ts';
import { CONTACT_SHOWN, contactsWithPhone } from './contacts.ts';
import type { WrittenRow } from './written-row.ts';

const VIEW = `
SELECT message.id, ${CONTACT_SHOWN} AS contact, message.name, message.for_whom AS "forWhom", message.body,
  message.urgency, message.is_callback_wanted AS "isCallbackWanted",
  message.callback_from AS "callbackFrom", message.callback_until AS "callbackUntil", message.state,
  message.call_id AS "callId", message.created_at AS "createdAt", message.done_at AS "doneAt",
  tenant.time_zone AS "timeZone"
FROM staff_messages message JOIN tenants tenant ON tenant.id = message.tenant_id
LEFT JOIN contacts contact ON contact.id = message.contact_id
WHERE message.tenant_id = $1`;

export async function findStaffMessage(
  manager: EntityManager,
  tenantId: TenantId,
  id: string,
): Promise<StaffMessage | null> {
  const [found] = await query<StaffMessage>(manager, `${VIEW} AND message.id = $2`, [tenantId, id]);
  return found ?? null;
}

/** Newest first, from `start` on; `phones` are the written forms of a contact's number, null for all. */
export function listStaffMessages(
  manager: EntityManager,
  tenantId: TenantId,
  { state, urgency, forWhom, isCallbackWanted }: Omit<StaffMessageFilter, 'contactPhone'>,
  phones: readonly string[] | null,
  start: Position | null,
  limit: number,
): Promise<StaffMessage[]> {
  return query(
    manager,
    `${VIEW} AND ($2::text[] IS NULL OR message.contact_id IN (${contactsWithPhone('$2::text[]')}))
       AND ($3::text IS NULL OR message.state = $3) AND ($4::text IS NULL OR message.urgency = $4)
       AND ($5::text IS NULL OR message.for_whom = $5)
       AND ($6::boolean IS NULL OR message.is_callback_wanted = $6)
       AND ($7::timestamptz IS NULL OR (message.created_at, message.id) < ($7, $8::uuid))
     ORDER BY message.created_at DESC, message.id DESC LIMIT $9`,
    [tenantId, phones, state, urgency, forWhom, isCallbackWanted, start?.at, start?.id, limit].map(
      (value) => value ?? null,
    ),
  );
}

/** Stores a message, unless its tool call has left one. */
export async function insertStaffMessage(
  transaction: Transaction,
  message: NewStaffMessage,
  contactId: string | null,
): Promise<WrittenRow> {
  const [written] = await query<WrittenRow>(
    transaction,
    `INSERT INTO staff_messages (tenant_id, contact_id, name, for_whom, body, urgency, is_callback_wanted,
       callback_from, callback_until, call_id, tool_call_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (tenant_id, tool_call_id) DO UPDATE SET tool_call_id = excluded.tool_call_id
     RETURNING id, xmax = 0 AS "isNew"`,
    [
      message.tenantId,
      contactId,
      message.name,
      message.forWhom,
      message.body,
      message.urgency,
      message.isCallbackWanted,
      message.callbackFrom,
      message.callbackUntil,
      message.callId,
      message.toolCallId,
    ],
  );
  if (!written) throw new DatabaseRefusal('no-row', undefined, 'staff_messages');
  return written;
}
