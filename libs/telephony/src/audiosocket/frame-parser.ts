import { HEADER_BYTES, isValidLength } from './audiosocket-frames.ts';

/** Place of the next byte. `skipped`: in a frame that makes no sense, up to its announced end. */
type ParserState = 'kind' | 'length-high' | 'length-low' | 'payload' | 'skipped';

/** Receives what a {@link FrameParser} reads. */
export interface FrameListener {
  /** Called with a whole frame, header included. The memory belongs to the listener. */
  onFrame(frame: Buffer): void;
  /** Called at the header of a frame of an unknown kind, or of a length its kind does not have. */
  onBadFrame(): void;
}

/**
 * Splits a TCP stream into AudioSocket frames, wherever it was cut. A frame within one chunk is passed on
 * without a copy. Holds at most one frame of the largest valid length.
 */
export class FrameParser {
  private state: ParserState = 'kind';
  private kind = 0;
  private length = 0;
  /** Where the current frame begins in the current chunk; -1 when it began in an earlier one. */
  private start = -1;
  /** Bytes of the payload still to come. */
  private missing = 0;
  /** The frame in parts, when it did not come in one chunk. */
  private partial: Buffer | null = null;

  constructor(private readonly listener: FrameListener) {}

  /** Whether the bytes so far end with a whole frame. */
  get isAtBoundary(): boolean {
    return this.state === 'kind';
  }

  push(chunk: Buffer): void {
    this.start = -1;
    for (let at = 0; at < chunk.length;)
      at =
        this.state === 'payload' || this.state === 'skipped' ? this.body(chunk, at) : this.header(chunk, at);
    if (this.state === 'payload' && this.partial === null) this.keepPart(chunk);
  }

  /** Reads one byte of the header. Returns the offset behind it. */
  private header(chunk: Buffer, at: number): number {
    const byte = chunk[at] as number;
    if (this.state === 'kind') {
      this.kind = byte;
      this.start = at;
      this.state = 'length-high';
    } else if (this.state === 'length-high') {
      this.length = byte << 8;
      this.state = 'length-low';
    } else {
      this.length |= byte;
      this.missing = this.length;
      this.state = isValidLength(this.kind, this.length) ? 'payload' : 'skipped';
      if (this.state === 'skipped') this.listener.onBadFrame();
      if (this.missing === 0) this.finish(chunk, at + 1);
    }
    return at + 1;
  }

  /** Reads what the chunk has of the payload. Returns the offset behind it. */
  private body(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.missing);
    if (this.state === 'payload' && this.start < 0) {
      this.partial ??= this.begunFrame();
      chunk.copy(this.partial, HEADER_BYTES + this.length - this.missing, at, end);
    }
    this.missing -= end - at;
    if (this.missing === 0) this.finish(chunk, end);
    return end;
  }

  private finish(chunk: Buffer, end: number): void {
    const frame = this.state === 'skipped' ? null : (this.partial ?? this.wholeFrame(chunk, end));
    this.state = 'kind';
    this.partial = null;
    if (frame) this.listener.onFrame(frame);
  }

  private wholeFrame(chunk: Buffer, end: number): Buffer {
    return this.start >= 0 ? chunk.subarray(this.start, end) : this.begunFrame();
  }

  /** Keeps the begun frame of a chunk that ends within its payload. */
  private keepPart(chunk: Buffer): void {
    const partial = this.begunFrame();
    if (this.start >= 0) chunk.copy(partial, HEADER_BYTES, this.start + HEADER_BYTES);
    this.partial = partial;
  }

  private begunFrame(): Buffer {
    const frame = Buffer.allocUnsafe(HEADER_BYTES + this.length);
    frame[0] = this.kind;
    frame[1] = this.length >> 8;
    frame[2] = this.length & 0xff;
    return frame;
  }
}
