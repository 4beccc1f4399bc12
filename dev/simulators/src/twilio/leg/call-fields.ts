import type { FormFields } from '../webhook/signature.ts';
import type { CallDirection, CallStatus } from './call-report.ts';

/** City, state, zip and country of a number, as Twilio's lookup has them; blank values are sent, too. */
interface Geography {
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly country: string;
}

interface CallIdentity {
  readonly sid: string;
  readonly accountSid: string;
  readonly parentCallSid: string | null;
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
}

const PLACES: readonly (readonly [prefix: string, place: Geography])[] = [
  ['+1', { city: 'SAN FRANCISCO', state: 'CA', zip: '94105', country: 'US' }],
  ['+44', { city: '', state: 'London', zip: '', country: 'GB' }],
  ['+49', { city: 'Berlin', state: '', zip: '', country: 'DE' }],
];
const NOWHERE: Geography = { city: '', state: '', zip: '', country: '' };

export function placeOf(party: string): Geography {
  return PLACES.find(([prefix]) => party.startsWith(prefix))?.[1] ?? NOWHERE;
}

function geography(name: string, place: Geography): Record<string, string> {
  return {
    [`${name}City`]: place.city,
    [`${name}State`]: place.state,
    [`${name}Zip`]: place.zip,
    [`${name}Country`]: place.country,
  };
}

/**
 * The fields that every request about a call carries. Geography only where Twilio looks numbers up: not for
 * SIP and clients.
 */
export function standardFields(call: CallIdentity, status: CallStatus): FormFields {
  const { from, to } = call;
  const fields: Record<string, string> = {
    AccountSid: call.accountSid,
    ApiVersion: '2010-04-01',
    CallSid: call.sid,
    CallStatus: status,
    Direction: call.direction,
    From: from,
    Caller: from,
    To: to,
    Called: to,
  };
  if (call.parentCallSid) fields.ParentCallSid = call.parentCallSid;
  if (!/^(sip|client):/.test(from))
    Object.assign(fields, geography('From', placeOf(from)), geography('Caller', placeOf(from)));
  if (!/^(sip|client):/.test(to))
    Object.assign(fields, geography('To', placeOf(to)), geography('Called', placeOf(to)));
  return fields;
}
