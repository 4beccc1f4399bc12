import { randomBytes } from 'node:crypto';

/** A Twilio identifier: two letters and 32 hex digits. */
export function makeSid(prefix: 'AC' | 'CA' | 'MZ' | 'QU' | 'CF' | 'SM' | 'RQ'): string {
  return prefix + randomBytes(16).toString('hex');
}

/** `Sat, 21 Nov 2026 09:00:00 +0000`: RFC 2822 in UTC, as in callbacks and the REST API. */
export function rfc2822(unixMs: number): string {
  return new Date(unixMs).toUTCString().replace('GMT', '+0000');
}
