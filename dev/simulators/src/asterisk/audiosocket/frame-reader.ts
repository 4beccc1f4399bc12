import { codecByType, type Codec } from './codecs.ts';

/** Types of frames that are no audio. */
export const FRAME = { hangup: 0x00, uuid: 0x01, digit: 0x03, error: 0xff } as const;
export const HEADER_BYTES = 3;

/** Largest piece Node hands over at once; a header split there was not split on the wire. */
const READ_BYTES = 65_536;

export interface FrameListener {
  onAudio(codec: Codec, payload: Buffer): void;
  onHangup(): void;
  /** The far side sent what Asterisk ends the leg for. */
  onProtocolError(detail: string): void;
}

/**
 * Reads the frames an AudioSocket server sends, as strictly as Asterisk: audio and hang-up, nothing else.
 * Payloads are views that are valid during the call only. After a hang-up or an error nothing more is read.
 */
export class FrameReader {
  private readonly listener: FrameListener;
  private readonly joinsSplitHeaders: boolean;
  private readonly header = Buffer.alloc(HEADER_BYTES);
  private headerBytes = 0;
  private codec: Codec | null = null;
  private payload = Buffer.alloc(0);
  private payloadBytes = 0;
  private isOver = false;

  constructor(listener: FrameListener, joinsSplitHeaders: boolean) {
    this.listener = listener;
    this.joinsSplitHeaders = joinsSplitHeaders;
  }

  /** A header has been read, its payload not to the end. */
  get isInsidePayload(): boolean {
    return this.codec !== null;
  }

  get isInsideHeader(): boolean {
    return this.headerBytes > 0 && this.codec === null;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.isOver)
      at = this.codec ? this.readPayload(chunk, at, this.codec) : this.readHeader(chunk, at);
    if (this.isOver || this.joinsSplitHeaders || !this.isInsideHeader || chunk.length === READ_BYTES) return;
    this.fail(`a header came in pieces: ${this.headerBytes} of ${HEADER_BYTES} bytes`);
  }

  private readHeader(chunk: Buffer, at: number): number {
    const piece = Math.min(HEADER_BYTES - this.headerBytes, chunk.length - at);
    chunk.copy(this.header, this.headerBytes, at, at + piece);
    this.headerBytes += piece;
    if (this.headerBytes === HEADER_BYTES) this.beginFrame();
    return at + piece;
  }

  private beginFrame(): void {
    const type = this.header[0] as number;
    const length = this.header.readUInt16BE(1);
    if (type === FRAME.hangup) {
      this.isOver = true;
      return this.listener.onHangup();
    }
    const codec = codecByType(type);
    if (!codec) return this.fail(`a frame of type 0x${type.toString(16).padStart(2, '0')}`);
    if (length === 0) return this.fail('an empty audio frame');
    this.codec = codec;
    this.payloadBytes = 0;
    if (this.payload.length !== length) this.payload = Buffer.alloc(length);
  }

  private readPayload(chunk: Buffer, at: number, codec: Codec): number {
    const { length } = this.payload;
    const piece = Math.min(length - this.payloadBytes, chunk.length - at);
    chunk.copy(this.payload, this.payloadBytes, at, at + piece);
    this.payloadBytes += piece;
    if (this.payloadBytes === length) {
      this.codec = null;
      this.headerBytes = 0;
      this.listener.onAudio(codec, this.payload);
    }
    return at + piece;
  }

  private fail(detail: string): void {
    this.isOver = true;
    this.listener.onProtocolError(detail);
  }
}
