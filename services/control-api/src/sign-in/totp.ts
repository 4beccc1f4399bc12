import { createHmac, timingSafeEqual } from 'node:crypto';

/*
 * Codes of a second factor: TOTP (RFC 6238) with SHA-1, six digits and steps of 30 s, the only form that
 * every authenticator app reads.
 */

const STEP_MS = 30_000;
const DIGITS = 6;
/** Clocks of phones are off, and people type slowly: the codes before and after are taken too. */
const DRIFT = [0, -1, 1];
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Returns the code of a time step. */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** Returns the time step of a code that is valid now; null for any other. */
export function stepOfCode(secret: Uint8Array, code: string, nowMs: number): number | null {
  const now = Math.floor(nowMs / STEP_MS);
  const given = Buffer.from(code);
  const found = DRIFT.find((drift) => {
    const expected = Buffer.from(totpCode(secret, now + drift));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return found === undefined ? null : now + found;
}

/** Returns bytes in base32 (RFC 4648) without padding. */
export function base32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** Returns the address that apps read as a QR code; `Key Uri Format` of Google Authenticator. */
export function totpUri(secret: string, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = new URLSearchParams({ secret, issuer });
  return `otpauth://totp/${label}?${query.toString().replaceAll('+', '%20')}`;
}
