/** Why a mark came back: everything before it was played, or `clear` dropped the rest of it. */
export type MarkCause = 'played' | 'cleared';

export interface PendingMark {
  readonly name: string;
  /** Position of the mark in the stream of received bytes. */
  readonly atByte: number;
  readonly receivedMs: number;
}

type MarkListener = (mark: PendingMark, cause: MarkCause) => void;

/**
 * Twilio's buffer of the agent's audio: without bound, played in order at 8000 bytes a second. A frame taken
 * is on its way to the caller's ear for 20 ms; `settle`, at the next tick, counts it as heard. So a mark
 * comes back on the first tick at which every byte before it has been heard, and at once when the buffer
 * before it is empty.
 */
export class PlayoutBuffer {
  private readonly onMark: MarkListener;
  private readonly chunks: Uint8Array[] = [];
  private readonly marks: PendingMark[] = [];
  private head = 0;
  private offset = 0;
  /** Next byte to take, as a position in the stream of received bytes. */
  private takenUpTo = 0;
  private heardUpTo = 0;
  private receivedBytes = 0;
  private played = 0;
  private dropped = 0;

  constructor(onMark: MarkListener) {
    this.onMark = onMark;
  }

  get queuedBytes(): number {
    return this.receivedBytes - this.takenUpTo;
  }

  get playedBytes(): number {
    return this.played;
  }

  get droppedBytes(): number {
    return this.dropped;
  }

  get outstandingMarks(): number {
    return this.marks.length;
  }

  append(audio: Uint8Array): void {
    if (audio.length === 0) return;
    this.chunks.push(audio);
    this.receivedBytes += audio.length;
  }

  mark(name: string, receivedMs: number): void {
    const mark = { name, atByte: this.receivedBytes, receivedMs };
    if (mark.atByte <= this.heardUpTo && this.marks.length === 0) this.onMark(mark, 'played');
    else this.marks.push(mark);
  }

  /** Drops all audio not yet taken; all outstanding marks come back, in order. */
  clear(): void {
    const unheard = this.takenUpTo - this.heardUpTo;
    this.dropped += this.queuedBytes;
    this.chunks.length = 0;
    this.head = 0;
    this.offset = 0;
    this.takenUpTo = this.receivedBytes;
    // The frame already taken still sounds for the rest of its 20 ms.
    this.heardUpTo = this.receivedBytes - unheard;
    for (const mark of this.marks.splice(0)) this.onMark(mark, 'cleared');
  }

  /** The frame taken last has been heard. */
  settle(): void {
    this.played += this.takenUpTo - this.heardUpTo;
    this.heardUpTo = this.takenUpTo;
    while (this.marks.length > 0) {
      const mark = this.marks[0];
      if (!mark || mark.atByte > this.heardUpTo) return;
      this.marks.shift();
      this.onMark(mark, 'played');
    }
  }

  /** Fills `into` from the front of the queue and returns how many bytes there were. */
  take(into: Uint8Array): number {
    let filled = 0;
    while (filled < into.length) {
      const chunk = this.chunks[this.head];
      if (!chunk) break;
      const piece = Math.min(into.length - filled, chunk.length - this.offset);
      into.set(chunk.subarray(this.offset, this.offset + piece), filled);
      filled += piece;
      this.offset += piece;
      if (this.offset === chunk.length) this.nextChunk();
    }
    this.takenUpTo += filled;
    return filled;
  }

  private nextChunk(): void {
    this.head += 1;
    this.offset = 0;
    if (this.head < 256 && this.head < this.chunks.length) return;
    this.chunks.splice(0, this.head);
    this.head = 0;
  }
}
