import type { Codec } from './codecs.ts';
import { FRAME, HEADER_BYTES } from './frame-reader.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Tells whether libuuid parses it, which Asterisk asks for before it connects. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Returns header and payload in one piece, to be written at once. */
export function frame(type: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + payload.length);
  bytes[0] = type;
  bytes.writeUInt16BE(payload.length, 1);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** Returns the first frame of a connection: the UUID as 16 raw bytes. */
export function uuidFrame(uuid: string): Buffer {
  return frame(FRAME.uuid, Buffer.from(uuid.replaceAll('-', ''), 'hex'));
}

/** Returns a key as one ASCII byte. */
export function digitFrame(digit: string): Buffer {
  return frame(FRAME.digit, Buffer.from(digit, 'latin1'));
}

const silences = new Map<number, Buffer>();

/** Returns a frame of 20 ms of silence; one buffer for each codec. */
export function silentFrame(codec: Codec): Buffer {
  const known = silences.get(codec.type);
  if (known) return known;
  const made = frame(codec.type, Buffer.alloc(codec.frameBytes));
  silences.set(codec.type, made);
  return made;
}
