import type { HeardSound } from '@tandem/conversation';

interface Segment {
  readonly sound: Sound;
  readonly startOffset: number;
  readonly endOffset: number;
}

interface Sound {
  readonly soundId: string;
  heardBytes: number;
  queuedBytes: number;
}

/** µ-law at 8 kHz. */
const BYTES_PER_MS = 8;
/**
 * Playing starts on the carrier's next 20 ms tick, so an echo proves one frame less than the time since it.
 */
const TICK_MS = 20;
/** With less than this left at the carrier, what is sent now may find it silent. */
const MARGIN_MS = 300;

/**
 * What the caller has heard of a Twilio stream, from the marks Twilio echoes.
 *
 * A mark comes back when everything sent before it has been played, **or** when `clear` throws it away; so
 * each `clear` begins a new generation and echoes of an older one prove nothing. Between marks the wall clock
 * is trusted, never beyond the next mark, which would be back if the network kept up, and never past a point
 * where the carrier may have run dry: there a start mark goes ahead of the audio and its echo tells that
 * playing goes on.
 */
export class MarkLedger {
  private generation = 0;
  private sentOffset = 0;
  private segments: Segment[] = [];
  private last: Sound | null = null;
  /**
   * Where playing was known to be, and when. For audio sent into silence: its beginning, and when it was
   * sent.
   */
  private anchor = { offset: 0, at: 0 };
  /** Offsets where playing may have paused and no start mark has come back yet. */
  private gates: number[] = [];
  /**
   * The last mark sent before the last clear, until it is back: with it everything cleared has fallen silent.
   */
  private silencingMark: string | null = null;
  /**
   * Since when the carrier can have been playing without a pause, at the earliest: bounds what it has left.
   */
  private burst = this.anchor;

  /** Ms of audio sent and, as far as known, not yet heard. */
  aheadMs(now: number): number {
    return (this.sentOffset - this.heardOffset(now)) / BYTES_PER_MS;
  }

  /** How long the next mark has been due: since when at the latest it should be back if the carrier plays. */
  overdueMs(now: number): number {
    const [next] = this.segments;
    if (!next) return 0;
    return Math.max(0, now - this.anchor.at - (next.endOffset - this.anchor.offset) / BYTES_PER_MS);
  }

  /**
   * Books audio that is about to be sent. Returns the marks to send before it (when it may find the carrier
   * silent) and after it.
   */
  recordSent(soundId: string, bytes: number, now: number): { before: string | null; after: string } {
    if (this.segments.length === 0) this.anchor = this.burst = { offset: this.sentOffset, at: now };
    const leftBytes = this.sentOffset - this.burst.offset - (now - this.burst.at) * BYTES_PER_MS;
    let before: string | null = null;
    if (leftBytes < MARGIN_MS * BYTES_PER_MS) {
      this.gates.push(this.sentOffset);
      before = `${this.markName()}.s`;
    }
    const sound = this.last?.soundId === soundId ? this.last : { soundId, heardBytes: 0, queuedBytes: 0 };
    this.last = sound;
    sound.queuedBytes += bytes;
    this.segments.push({ sound, startOffset: this.sentOffset, endOffset: this.sentOffset + bytes });
    this.sentOffset += bytes;
    return { before, after: this.markName() };
  }

  /** The last mark sent once more: its echo proves as much as those that may have been lost. */
  repeatLastMark(): string {
    return this.markName();
  }

  /** A mark came back. Returns what has been heard more of by that. */
  onMarkEchoed(name: string, now: number): HeardSound[] {
    const mark = this.parse(name);
    if (!mark || mark.offset < this.anchor.offset || mark.offset > this.sentOffset) return [];
    const { offset } = mark;
    this.anchor = { offset, at: now };
    while (
      this.gates[0] !== undefined &&
      (this.gates[0] < offset || (this.gates[0] === offset && mark.isStart))
    )
      this.gates.shift();
    const touched = new Set<Sound>();
    let played = 0;
    for (const { sound, startOffset, endOffset } of this.segments) {
      if (endOffset > offset) break;
      sound.heardBytes += endOffset - startOffset;
      sound.queuedBytes -= endOffset - startOffset;
      touched.add(sound);
      played += 1;
    }
    this.segments.splice(0, played);
    return [...touched].map((sound) => ({
      soundId: sound.soundId,
      heardMs: sound.heardBytes / BYTES_PER_MS,
      isComplete: sound.queuedBytes === 0,
    }));
  }

  /** How much of each sound still under way has been heard. */
  heardSoFar(now: number): HeardSound[] {
    const heardOffset = this.heardOffset(now);
    const heard = new Map<Sound, number>();
    for (const { sound, startOffset, endOffset } of this.segments) {
      const bytes = Math.max(0, Math.min(endOffset, heardOffset) - startOffset);
      heard.set(sound, (heard.get(sound) ?? sound.heardBytes) + bytes);
    }
    return [...heard].map(([sound, bytes]) => ({
      soundId: sound.soundId,
      heardMs: bytes / BYTES_PER_MS,
      isComplete: false,
    }));
  }

  /** The carrier is about to be told to drop everything. Marks sent before count for nothing from here on. */
  clear(now: number): HeardSound[] {
    const heard = this.heardSoFar(now);
    if (this.segments.length > 0) this.silencingMark = this.markName();
    this.generation += 1;
    this.segments = [];
    this.last = null;
    this.gates = [];
    this.anchor = { offset: this.sentOffset, at: now };
    return heard;
  }

  /** Whether what was cleared may still sound at the carrier. */
  get isAwaitingSilence(): boolean {
    return this.silencingMark !== null;
  }

  /** A mark came back: was it the one that tells that what was cleared has fallen silent? */
  confirmsSilence(name: string): boolean {
    if (name !== this.silencingMark) return false;
    this.silencingMark = null;
    return true;
  }

  private heardOffset(now: number): number {
    const { offset, at } = this.anchor;
    const limit = Math.min(this.gates[0] ?? this.sentOffset, this.segments[0]?.endOffset ?? this.sentOffset);
    return Math.min(limit, offset + Math.max(0, now - at - TICK_MS) * BYTES_PER_MS);
  }

  private markName(): string {
    return `${this.generation}.${this.sentOffset}`;
  }

  private parse(name: string): { offset: number; isStart: boolean } | null {
    const [generation, offset, start] = name.split('.');
    const bytes = Number(offset);
    if (generation !== String(this.generation) || !Number.isSafeInteger(bytes)) return null;
    return { offset: bytes, isStart: start === 's' };
  }
}
