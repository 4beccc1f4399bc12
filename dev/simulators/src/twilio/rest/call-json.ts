import type { CallHandle } from '../leg/call-handle.ts';
import { rfc2822 } from '../reference/sids.ts';

const SUBRESOURCES = [
  'feedback',
  'user_defined_messages',
  'notifications',
  'recordings',
  'streams',
  'payments',
  'user_defined_message_subscriptions',
  'siprec',
  'events',
  'transcriptions',
];

/**
 * Returns the Call resource as the REST API shows it. Times are RFC 2822, numbers are texts, unknown values
 * are null.
 */
export function callJson(call: CallHandle): Record<string, unknown> {
  const { startedAt, answeredAtMs, endedAtMs } = call.report();
  const time = (atMs: number | null) => (atMs === null ? null : rfc2822(startedAt + atMs));
  const uri = `/2010-04-01/Accounts/${call.accountSid}/Calls/${call.sid}`;
  return {
    account_sid: call.accountSid,
    annotation: null,
    answered_by: call.answeredBy,
    api_version: '2010-04-01',
    caller_name: null,
    date_created: time(0),
    date_updated: time(endedAtMs ?? answeredAtMs ?? 0),
    direction: call.direction,
    duration: endedAtMs === null ? null : String(call.durationS),
    end_time: time(endedAtMs),
    forwarded_from: null,
    from: call.from,
    from_formatted: call.from,
    group_sid: null,
    parent_call_sid: call.parentCallSid,
    phone_number_sid: null,
    price: null,
    price_unit: 'USD',
    queue_time: '0',
    sid: call.sid,
    start_time: time(answeredAtMs),
    status: call.status,
    subresource_uris: Object.fromEntries(
      SUBRESOURCES.map((name) => [
        name,
        `${uri}/${name.replace(/(^|_)(\w)/g, (_, _gap, letter: string) => letter.toUpperCase())}.json`,
      ]),
    ),
    to: call.to,
    to_formatted: call.to,
    trunk_sid: null,
    uri: `${uri}.json`,
  };
}
