/*
 * RFC 6455, what a server reads. One call after another comes through here fifty times a second, so a message that
 * arrives whole in one piece is unmasked where it stands and handed on without a copy or an object more than its view.
 */

/** Called in the order of the wire. After `onBroken`, and after `onClose`, nothing more comes. */
export interface FrameListener {
  /** The memory belongs to the listener. Text is not checked to be UTF-8: whoever parses it finds out. */
  onMessage(data: Buffer, isBinary: boolean): void;
  onPing(payload: Buffer): void;
  /** `code` is 1005 when the peer gave none. */
  onClose(code: number): void;
  /** The peer broke the rules, or a bound; the code to close with. */
  onBroken(code: typeof PROTOCOL_ERROR | typeof TOO_BIG): void;
}

export const PROTOCOL_ERROR = 1002;
export const TOO_BIG = 1009;
const NO_CODE = 1005;

const CONTINUATION = 0x0;
const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FIN = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const MAX_CONTROL_BYTES = 125;
/** A peer that sends byte by byte must not make us keep an object for each. */
const MAX_PIECES = 64;

/** Cuts what a client sends into messages. Bytes in, calls out; no socket. */
export class FrameReader {
  /** The beginning of a frame that has not arrived whole. */
  private pieces: Buffer[] = [];
  private waitingBytes = 0;
  private neededBytes = 0;
  /** Of a message in several frames. */
  private fragments: Buffer[] = [];
  private fragmentBytes = 0;
  private fragmentOpcode = CONTINUATION;
  private isOver = false;

  constructor(
    private readonly maxMessageBytes: number,
    private readonly listener: FrameListener,
  ) {}

  push(chunk: Buffer): void {
    let buffer = chunk;
    if (this.pieces.length > 0) {
      this.pieces.push(chunk);
      this.waitingBytes += chunk.length;
      if (this.waitingBytes >= this.neededBytes) buffer = this.join();
      else {
        if (this.pieces.length >= MAX_PIECES) this.keep(this.join());
        return;
      }
    }
    let at = 0;
    while (at < buffer.length && !this.isOver) {
      const next = this.frame(buffer, at);
      if (next < 0) break;
      at = next;
    }
    if (at < buffer.length && !this.isOver) this.keep(at === 0 ? buffer : buffer.subarray(at));
  }

  /** Reads one frame; answers where the next begins, or -1 when this one is not whole or must not be. */
  private frame(buffer: Buffer, at: number): number {
    const available = buffer.length - at;
    if (available < 2) return this.needs(2);
    const first = buffer[at] as number;
    const second = buffer[at + 1] as number;
    if ((second & MASKED) === 0) return this.broken(PROTOCOL_ERROR);
    let length = second & 0x7f;
    let header = 6;
    if (length === 126) {
      header = 8;
      if (available < header) return this.needs(header);
      length = buffer.readUInt16BE(at + 2);
    } else if (length === 127) {
      header = 14;
      if (available < header) return this.needs(header);
      length = buffer.readUInt32BE(at + 2) > 0 ? Number.POSITIVE_INFINITY : buffer.readUInt32BE(at + 6);
    }
    const fault = this.faultOf(first, length);
    if (fault !== 0) return this.broken(fault);
    if (available < header + length) return this.needs(header + length);
    const start = at + header;
    const end = start + length;
    unmask(buffer, start, end);
    this.whole(first, buffer.subarray(start, end));
    return end;
  }

  /** The close code of what is wrong with a frame, known from its header; 0 when nothing is. */
  private faultOf(first: number, length: number): 0 | typeof PROTOCOL_ERROR | typeof TOO_BIG {
    const opcode = first & 0x0f;
    const isFinal = (first & FIN) !== 0;
    if ((first & RESERVED) !== 0) return PROTOCOL_ERROR;
    if (opcode >= CLOSE) return opcode <= PONG && isFinal && length <= MAX_CONTROL_BYTES && !(opcode === CLOSE && length === 1) ? 0 : PROTOCOL_ERROR;
    const isInside = this.fragmentOpcode !== CONTINUATION;
    if (opcode > BINARY || (opcode === CONTINUATION) !== isInside) return PROTOCOL_ERROR;
    return this.fragmentBytes + length > this.maxMessageBytes ? TOO_BIG : 0;
  }

  private whole(first: number, payload: Buffer): void {
    const opcode = first & 0x0f;
    if (opcode === TEXT && (first & FIN) !== 0) this.listener.onMessage(payload, false);
    else if (opcode === PING) this.listener.onPing(payload);
    else if (opcode === CLOSE) this.closed(payload);
    else if (opcode !== PONG) this.fragment(opcode, (first & FIN) !== 0, payload);
  }

  private fragment(opcode: number, isFinal: boolean, payload: Buffer): void {
    if (opcode !== CONTINUATION) this.fragmentOpcode = opcode;
    this.fragments.push(payload);
    this.fragmentBytes += payload.length;
    if (!isFinal) {
      if (this.fragments.length >= MAX_PIECES) this.fragments = [Buffer.concat(this.fragments)];
      return;
    }
    const isBinary = this.fragmentOpcode === BINARY;
    const data = this.fragments.length === 1 ? payload : Buffer.concat(this.fragments);
    this.fragments = [];
    this.fragmentBytes = 0;
    this.fragmentOpcode = CONTINUATION;
    this.listener.onMessage(data, isBinary);
  }

  private closed(payload: Buffer): void {
    const code = payload.length < 2 ? NO_CODE : payload.readUInt16BE(0);
    if (payload.length >= 2 && !isCloseCode(code)) {
      this.broken(PROTOCOL_ERROR);
      return;
    }
    this.isOver = true;
    this.listener.onClose(code);
  }

  private broken(code: typeof PROTOCOL_ERROR | typeof TOO_BIG): -1 {
    this.isOver = true;
    this.listener.onBroken(code);
    return -1;
  }

  private needs(bytes: number): -1 {
    this.neededBytes = bytes;
    return -1;
  }

  private keep(piece: Buffer): void {
    this.pieces.push(piece);
    this.waitingBytes = piece.length;
  }

  private join(): Buffer {
    const joined = Buffer.concat(this.pieces);
    this.pieces = [];
    this.waitingBytes = 0;
    return joined;
  }
}

/** The key stands in the four bytes before `start`. */
function unmask(buffer: Buffer, start: number, end: number): void {
  const key0 = buffer[start - 4] as number;
  const key1 = buffer[start - 3] as number;
  const key2 = buffer[start - 2] as number;
  const key3 = buffer[start - 1] as number;
  let at = start;
  for (; at + 3 < end; at += 4) {
    buffer[at] = (buffer[at] as number) ^ key0;
    buffer[at + 1] = (buffer[at + 1] as number) ^ key1;
    buffer[at + 2] = (buffer[at + 2] as number) ^ key2;
    buffer[at + 3] = (buffer[at + 3] as number) ^ key3;
  }
  for (const key of [key0, key1, key2]) {
    if (at >= end) return;
    buffer[at] = (buffer[at] as number) ^ key;
    at += 1;
  }
}

function isCloseCode(code: number): boolean {
  return (code >= 3000 && code <= 4999) || (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006);
}
