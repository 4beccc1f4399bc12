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

/**
 * Playout starts on the carrier's next 20 ms tick, so an echo proves one frame less than the time since it.
 */
const TICK_MS = 20;
/**
 * With less than this left at the carrier, new audio may arrive after it has run dry: a lost packet is sent
 * again after a round trip of up to 250 ms and 200 ms more (Linux' shortest retransmission time-out), and
 * still has its way to go.
 */
const MARGIN_MS = 600;

/**
 * Derives the playout position of a stream that the carrier plays, and so what the caller has heard, from the
 * marks that the carrier echoes.
 *
 * A mark is echoed when everything sent before it has been played, **or**, by some carriers, when `clear`
 * drops it. Each `clear` therefore begins a new generation, and echoes of an older one prove nothing. Between
 * echoes the position follows the clock, but never beyond the next mark, and never beyond a point where the
 * carrier may have run dry. At such a point a start mark is sent ahead of the audio, and its echo shows that
 * playout continues.
 */
export class MarkLedger {
  private generation = 0;
  private sentOffset = 0;
  private segments: Segment[] = [];
  private last: Sound | null = null;
  /** The last known playout position and its time. For audio sent into silence: its start and send time. */
  private anchor = { offset: 0, at: 0 };
  /** Offsets where playout may have paused and whose start mark has not been echoed yet. */
  private gates: number[] = [];
  /** The last mark before the last clear, until it is echoed: then all cleared audio has fallen silent. */
  private silencingMark: string | null = null;
  /** Earliest start of the current uninterrupted playout; bounds the audio the carrier has left. */
  private burst = this.anchor;

  constructor(private readonly bytesPerMs: number) {}

  /** Ms of audio sent and not known to be heard. */
  aheadMs(now: number): number {
    return (this.sentOffset - this.heardOffset(now)) / this.bytesPerMs;
  }

  /** Returns how long the next mark is overdue, if the carrier plays. */
  overdueMs(now: number): number {
    const [next] = this.segments;
    if (!next) return 0;
    return Math.max(0, now - this.anchor.at - (next.endOffset - this.anchor.offset) / this.bytesPerMs);
  }

  /**
   * Records audio that is about to be sent. Returns the marks to send before it (when the carrier may have
   * run dry, or plays something else first: `isApart`) and after it.
   */
  recordSent(
    soundId: string,
    bytes: number,
    now: number,
    isApart = false,
  ): { before: string | null; after: string } {
    if (this.segments.length === 0) this.anchor = this.burst = { offset: this.sentOffset, at: now };
    const leftBytes = this.sentOffset - this.burst.offset - (now - this.burst.at) * this.bytesPerMs;
    let before: string | null = null;
    if (isApart || leftBytes < MARGIN_MS * this.bytesPerMs) {
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

  /** Returns the last mark, to be sent again: its echo proves as much as the ones that may be lost. */
  repeatLastMark(): string {
    return this.markName();
  }

  /** Records an echo. Returns the sounds of which more was heard by then. */
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
      heardMs: sound.heardBytes / this.bytesPerMs,
      isComplete: sound.queuedBytes === 0,
    }));
  }

  /** Returns how much has been heard of the sound that was sent last; 0 ms of any other. */
  heardOfLast(soundId: string): number {
    return this.last?.soundId === soundId ? this.last.heardBytes / this.bytesPerMs : 0;
  }

  /** Returns how much of each unfinished sound has been heard. */
  heardSoFar(now: number): HeardSound[] {
    const heardOffset = this.heardOffset(now);
    const heard = new Map<Sound, number>();
    for (const { sound, startOffset, endOffset } of this.segments) {
      const bytes = Math.max(0, Math.min(endOffset, heardOffset) - startOffset);
      heard.set(sound, (heard.get(sound) ?? sound.heardBytes) + bytes);
    }
    return [...heard].map(([sound, bytes]) => ({
      soundId: sound.soundId,
      heardMs: bytes / this.bytesPerMs,
      isComplete: false,
    }));
  }

  /**
   * Forgets everything sent, because `clear` is about to be sent. Returns how much of each sound was heard.
   */
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

  /** Whether cleared audio may still be playing at the carrier. */
  get isAwaitingSilence(): boolean {
    return this.silencingMark !== null;
  }

  /** Returns whether this echo shows that all cleared audio has fallen silent. */
  confirmsSilence(name: string): boolean {
    if (name !== this.silencingMark) return false;
    this.silencingMark = null;
    return true;
  }

  private heardOffset(now: number): number {
    const { offset, at } = this.anchor;
    const limit = Math.min(this.gates[0] ?? this.sentOffset, this.segments[0]?.endOffset ?? this.sentOffset);
    return Math.min(limit, offset + Math.max(0, now - at - TICK_MS) * this.bytesPerMs);
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
