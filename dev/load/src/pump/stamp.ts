/*
 * A sending time inside the audio: the first eight base64 characters (six bytes) of a payload hold a count of
 * microseconds. G.711 passes a relay as the base64 it came in, so the far side reads the time it was sent, on
 * the same clock, because carrier and model are one process.
 */

const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const VALUES = new Uint8Array(256);
for (const [value, code] of ALPHABET.entries()) VALUES[code] = value;
const DIGITS = 8;

/** Added to the times of calls that flood or stall, to tell their audio from that of ordinary calls. */
export const ODD_US = 2 ** 47;

export function nowUs(): number {
  return Math.round(performance.now() * 1000);
}

export function writeStamp(buffer: Buffer, at: number, us: number): void {
  let rest = us;
  for (let digit = DIGITS - 1; digit >= 0; digit -= 1) {
    const next = Math.floor(rest / 64);
    buffer[at + digit] = ALPHABET[rest - next * 64] as number;
    rest = next;
  }
}

export function readStamp(buffer: Buffer, at: number): number {
  let us = 0;
  for (let digit = 0; digit < DIGITS; digit += 1)
    us = us * 64 + (VALUES[buffer[at + digit] as number] as number);
  return us;
}

const KEYS = ['"payload":"', '"audio":"', '"delta":"'].map((key) => Buffer.from(key));
/** The audio of a message begins within this many bytes. */
const HEAD_BYTES = 320;

/** Returns where the audio of a message begins, in any of the three protocols; -1 when it has none. */
export function audioAt(buffer: Buffer, start: number, end: number): number {
  const head = buffer.subarray(start, Math.min(end, start + HEAD_BYTES));
  for (const key of KEYS) {
    const at = head.indexOf(key);
    if (at >= 0) return start + at + key.length;
  }
  return -1;
}
