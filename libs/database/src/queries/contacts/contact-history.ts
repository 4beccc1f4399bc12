import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../../connection/unit-of-work.ts';
import type { ContactHistoryEntry } from '../../entities/contact.ts';
import type { Position } from '../../rows/page.ts';
import { ms } from '../calendar.ts';

/** Returns the newest rows of one kind before the position in $4 and $5, sorted by the instant `at`. */
function newest(kind: string, at: string, detail: string, from: string): string {
  return `(SELECT '${kind}' AS kind, entry.id, ${at} AS at, json_build_object(${detail}) AS detail
  FROM ${from} AND ($4::timestamptz IS NULL OR (${at}, entry.id) < ($4, $5::uuid))
  ORDER BY ${at} DESC, entry.id DESC LIMIT $6)`;
}

const CALLS = newest(
  'call',
  'entry.admitted_at',
  `'direction', entry.direction, 'status', entry.status, 'durationMs', entry.duration_ms,
    'outcome', disposition.outcome`,
  `calls entry LEFT JOIN dispositions disposition ON disposition.call_id = entry.id
  WHERE entry.tenant_id = $1 AND (entry.direction = 'inbound' AND entry.from_number = ANY($3::text[])
    OR entry.direction = 'outbound' AND entry.to_number = ANY($3::text[]))`,
);

const BOOKINGS = newest(
  'booking',
  'entry.created_at',
  `'reference', entry.reference, 'status', entry.status, 'service', service.name,
    'startMs', ${ms('entry.starts_at')}`,
  `bookings entry JOIN services service ON service.id = entry.service_id
  WHERE entry.tenant_id = $1 AND entry.contact_id = $2 AND entry.hold_expires_at IS NULL`,
);

const LEADS = newest(
  'lead',
  'entry.created_at',
  `'summary', entry.summary, 'stage', entry.stage, 'urgency', entry.urgency`,
  'leads entry WHERE entry.tenant_id = $1 AND entry.contact_id = $2',
);

const STAFF_MESSAGES = newest(
  'staff-message',
  'entry.created_at',
  `'body', entry.body, 'state', entry.state, 'urgency', entry.urgency,
    'callbackWanted', entry.is_callback_wanted`,
  'staff_messages entry WHERE entry.tenant_id = $1 AND entry.contact_id = $2',
);

const SQL = `
SELECT entry.kind, entry.id, entry.at, entry.detail, tenant.time_zone AS "timeZone"
FROM (${[CALLS, BOOKINGS, LEADS, STAFF_MESSAGES].join(' UNION ALL ')}) entry
JOIN tenants tenant ON tenant.id = $1
ORDER BY entry.at DESC, entry.id DESC LIMIT $6`;

/** Newest first, from `start` on; `numbers` are the written forms of the contact's numbers. */
export function readContactHistory(
  manager: EntityManager,
  tenantId: TenantId,
  contactId: string,
  numbers: readonly string[],
  start: Position | null,
  limit: number,
): Promise<ContactHistoryEntry[]> {
  const parameters = [tenantId, contactId, numbers, start?.at ?? null, start?.id ?? null, limit];
  return query(manager, SQL, parameters);
}
