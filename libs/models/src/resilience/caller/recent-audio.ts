import { AudioFrame } from '@tandem/conversation';

const FIRST_BYTES = 8_192;

/**
 * The latest audio of a stream, in a ring buffer. Kept as frames it would be thousands of objects a second,
 * over all calls of a process, that outlive the garbage collector's nursery: the pauses would be audible.
 * Positions are bytes from the beginning of the stream.
 */
export class RecentAudio {
  private memory = Buffer.allocUnsafeSlow(FIRST_BYTES);
  /** Position of the oldest byte kept. */
  start = 0;
  /** Position behind the newest byte. */
  end = 0;
  /** Audio dropped because of the bound. */
  droppedBytes = 0;

  constructor(private readonly maxBytes: number) {}

  push(frame: AudioFrame): void {
    this.ensureCapacity(frame.byteLength);
    const at = this.end % this.memory.length;
    if (at + frame.byteLength <= this.memory.length) frame.copyTo(this.memory, at);
    else this.put(frame.bytes, this.end);
    this.end += frame.byteLength;
  }

  /** Drops what lies before a position. */
  forget(before: number): void {
    this.start = Math.max(this.start, Math.min(before, this.end));
  }

  /** Returns the audio kept, in frames of `byteLength`. */
  frames(byteLength: number): AudioFrame[] {
    const bytes = this.copy();
    return Array.from({ length: Math.ceil(bytes.length / byteLength) }, (_, index) =>
      AudioFrame.fromBytes(bytes.subarray(index * byteLength, (index + 1) * byteLength)),
    );
  }

  private ensureCapacity(bytes: number): void {
    const tooMany = Math.max(0, this.end + bytes - this.start - this.maxBytes);
    this.droppedBytes += tooMany;
    this.start += tooMany;
    const wanted = this.end + bytes - this.start;
    if (wanted <= this.memory.length) return;
    const kept = this.copy();
    this.memory = Buffer.allocUnsafeSlow(Math.max(wanted, Math.min(this.maxBytes, this.memory.length * 2)));
    this.put(kept, this.start);
  }

  private copy(): Buffer {
    const kept = Buffer.allocUnsafeSlow(this.end - this.start);
    const at = this.start % this.memory.length;
    const tail = this.memory.copy(kept, 0, at, Math.min(this.memory.length, at + kept.length));
    this.memory.copy(kept, tail, 0, kept.length - tail);
    return kept;
  }

  private put(bytes: Uint8Array, position: number): void {
    const at = position % this.memory.length;
    const fitting = bytes.subarray(0, this.memory.length - at);
    this.memory.set(fitting, at);
    this.memory.set(bytes.subarray(fitting.length), 0);
  }
}
