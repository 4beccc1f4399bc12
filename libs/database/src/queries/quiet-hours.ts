/** Quiet hours of a business that set none, and how long it holds an offer of the waiting list. */
export const DEFAULT_QUIET = { from: '20:00', until: '08:00' } as const;
export const DEFAULT_OFFER_MINUTES = 60;

/**
 * Returns SQL for whether it is quiet at an instant, by the clock of a time zone.
 * @param settings alias of a row of booking_settings, which may be missing
 */
export function isQuiet(at: string, timeZone: string, settings: string): string {
  const clock = `(${at} AT TIME ZONE ${timeZone})::time`;
  const from = `coalesce(${settings}.quiet_from, '${DEFAULT_QUIET.from}')`;
  const until = `coalesce(${settings}.quiet_until, '${DEFAULT_QUIET.until}')`;
  return `CASE WHEN ${from} <= ${until} THEN ${clock} >= ${from} AND ${clock} < ${until}
    ELSE ${clock} >= ${from} OR ${clock} < ${until} END`;
}

/**
 * Returns SQL for the number of a tenant that text messages about appointments come from: the chosen one
 * where it is still there, else the oldest.
 */
export const smsNumber = (tenantId: string, settings: string): string =>
  `(SELECT e164 FROM phone_numbers WHERE tenant_id = ${tenantId}
    ORDER BY e164 IS NOT DISTINCT FROM ${settings}.sms_number DESC, created_at, id LIMIT 1)`;

/** Returns SQL for whether the newest statement of a contact on messages of a channel says no. */
export const isDenied = (tenantId: string, contactId: string, channel: string): string =>
  `coalesce((SELECT state = 'denied' FROM contact_consents
    WHERE tenant_id = ${tenantId} AND contact_id = ${contactId} AND purpose = ${channel}
    ORDER BY at DESC, created_at DESC LIMIT 1), false)`;
