import { randomBytes } from 'node:crypto';
import { relayNumber } from '../../../relays/relay-number.ts';

/** For a relay without a number; no edge takes it. */
const NO_NUMBER = 0xffff;

/**
 * Returns an unguessable UUID of version 8 (RFC 9562, 5.8) for one stream to this relay. Its first two bytes
 * are the number at the end of the relay's name, so that a proxy can choose the relay by the first frame.
 */
export function mintStreamUuid(relayId: string): string {
  const bytes = randomBytes(16);
  bytes.writeUInt16BE(relayNumber(relayId) ?? NO_NUMBER, 0);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
