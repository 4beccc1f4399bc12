import type { Socket } from 'node:net';
import { FrameReader } from './frame-reader.ts';

/** Whoever holds the socket; a later holder takes the place of an earlier one. */
export interface SocketListener {
  /** A whole message. The memory belongs to the listener. */
  onMessage(data: Buffer, isBinary: boolean): void;
  /** Once, and last. 1006 when the connection went without a close frame. */
  onClosed(code: number): void;
}

/** A connection that carries messages: what a caller stream needs of it. */
export interface MessageSocket {
  listener: SocketListener | null;
  readonly isOpen: boolean;
  /** Bytes written here and not yet taken by the network. */
  readonly unsentBytes: number;
  /** Sends each as a text message, all of them in one write. Does nothing once the socket closes. */
  send(...messages: readonly (string | Uint8Array)[]): void;
  /** Says goodbye and waits a moment for the peer's. */
  close(code: number, reason: string): void;
  terminate(): void;
}

const TEXT_FRAME = 0x81;
const CLOSE_FRAME = 0x88;
const PONG_FRAME = 0x8a;
const ABNORMAL = 1006;
const NO_CODE = 1005;
const CLOSE_PATIENCE_MS = 2_000;
const MAX_REASON_BYTES = 120;
/** Pongs to a peer that pings and does not read are left out above this. */
const MAX_UNSENT_FOR_PONG = 64 * 1024;

/** The server's end of a WebSocket, after the handshake: no extensions, messages bounded, nothing between it and the socket. */
export class ServerSocket implements MessageSocket {
  listener: SocketListener | null = null;
  /** The connection failed or the peer broke the protocol; `onClosed` follows. */
  onFault: (() => void) | null = null;
  /** For whoever keeps count of the open ones. */
  onGone: (() => void) | null = null;
  private state: 'open' | 'closing' | 'closed' = 'open';
  private closeCode = ABNORMAL;
  private patience: NodeJS.Timeout | null = null;

  constructor(
    private readonly socket: Socket,
    head: Buffer,
    maxMessageBytes: number,
  ) {
    const reader = new FrameReader(maxMessageBytes, {
      onMessage: (data, isBinary) => this.listener?.onMessage(data, isBinary),
      onPing: (payload) => this.pong(payload),
      onClose: (code) => this.peerCloses(code),
      onBroken: (code) => {
        this.onFault?.();
        this.closeCode = code;
        this.close(code, '');
      },
    });
    socket.setTimeout(0);
    socket.setNoDelay(true);
    // Before anybody listens: otherwise it would be told from inside here.
    if (head.length > 0) socket.unshift(head);
    socket.on('data', (chunk) => reader.push(chunk));
    socket.on('end', () => socket.destroy());
    socket.on('error', () => this.onFault?.());
    socket.on('close', () => this.gone());
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  get unsentBytes(): number {
    return this.socket.writableLength;
  }

  send(...messages: readonly (string | Uint8Array)[]): void {
    if (this.state === 'open') this.socket.write(framed(TEXT_FRAME, messages));
  }

  close(code: number, reason: string): void {
    if (this.state !== 'open') return;
    this.state = 'closing';
    const text = Buffer.from(reason).subarray(0, MAX_REASON_BYTES);
    this.socket.write(framed(CLOSE_FRAME, [Buffer.concat([Buffer.from([code >> 8, code & 0xff]), text])]));
    this.patience = setTimeout(() => this.socket.destroy(), CLOSE_PATIENCE_MS);
  }

  terminate(): void {
    this.socket.destroy();
  }

  private peerCloses(code: number): void {
    this.closeCode = code;
    if (this.state === 'open') this.socket.write(framed(CLOSE_FRAME, [code === NO_CODE ? Buffer.alloc(0) : Buffer.from([code >> 8, code & 0xff])]));
    this.state = 'closing';
    this.socket.end();
    this.patience ??= setTimeout(() => this.socket.destroy(), CLOSE_PATIENCE_MS);
  }

  private pong(payload: Buffer): void {
    if (this.state === 'open' && this.unsentBytes < MAX_UNSENT_FOR_PONG) this.socket.write(framed(PONG_FRAME, [payload]));
  }

  private gone(): void {
    this.state = 'closed';
    if (this.patience) clearTimeout(this.patience);
    this.onGone?.();
    this.listener?.onClosed(this.closeCode);
  }
}

/** Each message in a frame of its own, unmasked as a server sends them, in one piece of memory. */
function framed(kind: number, messages: readonly (string | Uint8Array)[]): Buffer {
  let bytes = 0;
  for (const message of messages) {
    const length = typeof message === 'string' ? Buffer.byteLength(message) : message.byteLength;
    bytes += headerBytes(length) + length;
  }
  const frames = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const message of messages) {
    const length = typeof message === 'string' ? Buffer.byteLength(message) : message.byteLength;
    at = writeHeader(frames, at, kind, length);
    if (typeof message === 'string') frames.write(message, at);
    else frames.set(message, at);
    at += length;
  }
  return frames;
}

function headerBytes(length: number): number {
  return length > 65_535 ? 10 : length > 125 ? 4 : 2;
}

/** Answers where the payload begins. */
function writeHeader(frames: Buffer, at: number, kind: number, length: number): number {
  frames[at] = kind;
  if (length <= 125) frames[at + 1] = length;
  else if (length <= 65_535) {
    frames[at + 1] = 126;
    frames.writeUInt16BE(length, at + 2);
  } else {
    frames[at + 1] = 127;
    frames.writeBigUInt64BE(BigInt(length), at + 2);
  }
  return at + headerBytes(length);
}
