/**
 * RFC 6455 as far as a load driver needs it: whole text messages, no fragments, no extensions. Client
 * messages are masked with a real key, because unmasking is part of a server's cost.
 */

const TEXT = 0x81;
const CLOSE = 0x88;
const PING = 0x89;
const PONG = 0x8a;
const MASK_KEY = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** Bytes before the payload. */
export function headerBytes(length: number, isMasked: boolean): number {
  return (length > 65_535 ? 10 : length > 125 ? 4 : 2) + (isMasked ? 4 : 0);
}

/** Writes the header in front of the payload at `headerBytes` of `frame`, and masks it. */
export function seal(frame: Buffer, length: number, isMasked: boolean, opcode = TEXT): Buffer {
  const start = headerBytes(length, isMasked);
  const maskBit = isMasked ? 0x80 : 0;
  frame[0] = opcode;
  if (length > 65_535) {
    frame[1] = maskBit | 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  } else if (length > 125) {
    frame[1] = maskBit | 126;
    frame.writeUInt16BE(length, 2);
  } else frame[1] = maskBit | length;
  if (!isMasked) return frame;
  MASK_KEY.copy(frame, start - 4);
  mask(frame, start, start + length, MASK_KEY, 0);
  return frame;
}

export function textFrame(text: string, isMasked: boolean): Buffer {
  return frameOf(Buffer.from(text), isMasked, TEXT);
}

/** Close with code 1000. */
export const closeFrame = (isMasked: boolean): Buffer => frameOf(Buffer.from([0x03, 0xe8]), isMasked, CLOSE);
export const pongFrame = (isMasked: boolean): Buffer => frameOf(Buffer.alloc(0), isMasked, PONG);

function frameOf(payload: Buffer, isMasked: boolean, opcode: number): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes(payload.length, isMasked) + payload.length);
  payload.copy(frame, frame.length - payload.length);
  return seal(frame, payload.length, isMasked, opcode);
}

function mask(frame: Buffer, from: number, to: number, key: Buffer, keyAt: number): void {
  for (let at = from; at < to; at += 1)
    frame[at] = (frame[at] as number) ^ (key[keyAt + ((at - from) & 3)] as number);
}

/** One message in the buffer it was read into. Only the bytes asked for are unmasked. */
export interface Message {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
  /** Position of the key; -1 when the message is not masked. */
  readonly maskAt: number;
}

/** The first bytes of a message, unmasked in place; call once per message. */
export function opening({ buffer, start, end, maskAt }: Message, bytes: number): number {
  const to = Math.min(end, start + bytes);
  if (maskAt >= 0) mask(buffer, start, to, buffer, maskAt);
  return to;
}

/** The whole message, of which `opening` may have unmasked the first `done` bytes. */
export function textOf({ buffer, start, end, maskAt }: Message, done = 0): string {
  if (maskAt >= 0) {
    const from = Math.min(end, start + done);
    mask(
      buffer,
      from,
      end,
      Buffer.from([0, 1, 2, 3].map((step) => buffer[maskAt + ((from - start + step) & 3)] as number)),
      0,
    );
  }
  return buffer.toString('utf8', start, end);
}

/** Cuts the bytes of a socket into messages. */
export class FrameReader {
  private rest: Buffer | null = null;

  constructor(
    private readonly onText: (message: Message) => void,
    private readonly onControl: (kind: 'close' | 'ping') => void,
  ) {}

  push(chunk: Buffer): void {
    const buffer = this.rest ? Buffer.concat([this.rest, chunk]) : chunk;
    let at = 0;
    for (;;) {
      const next = this.message(buffer, at);
      if (next < 0) break;
      at = next;
    }
    this.rest = at < buffer.length ? buffer.subarray(at) : null;
  }

  /** Reads one message; returns where the next begins, or -1 when this one is incomplete. */
  private message(buffer: Buffer, at: number): number {
    if (buffer.length < at + 2) return -1;
    const second = buffer[at + 1] as number;
    let length = second & 0x7f;
    let start = at + 2;
    if (length === 126) {
      if (buffer.length < at + 4) return -1;
      length = buffer.readUInt16BE(at + 2);
      start = at + 4;
    } else if (length === 127) {
      if (buffer.length < at + 10) return -1;
      length = Number(buffer.readBigUInt64BE(at + 2));
      start = at + 10;
    }
    const maskAt = second & 0x80 ? start : -1;
    if (maskAt >= 0) start += 4;
    const end = start + length;
    if (buffer.length < end) return -1;
    const opcode = buffer[at];
    if (opcode === TEXT) this.onText({ buffer, start, end, maskAt });
    else if (opcode === CLOSE) this.onControl('close');
    else if (opcode === PING) this.onControl('ping');
    return end;
  }
}
