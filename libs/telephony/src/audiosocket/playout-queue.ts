import type { AudioFrame, HeardSound } from '@tandem/conversation';

interface Sound {
  readonly soundId: string;
  /** Written to the caller, and known to be heard. */
  heardBytes: number;
  /** Written to the caller, and not known to be heard. */
  writtenBytes: number;
  waitingBytes: number;
}

/** Audio that waits to be written. */
interface Waiting {
  readonly sound: Sound;
  readonly bytes: Uint8Array;
  /** Bytes already written. */
  at: number;
}

/** Audio of one sound within one frame that has been written. */
interface Written {
  readonly sound: Sound;
  readonly bytes: number;
  /** When the caller has heard it to its end, if nothing holds it up. */
  readonly heardAt: number;
}

/** A sound is told about at most this often while it plays. */
const TELL_EVERY_MS = 100;

/**
 * The audio of a stream that plays by itself: what waits, what has been written, and what the caller has
 * heard. A carrier without a playout buffer passes a frame on as it comes and reports nothing, so a frame
 * counts as heard once its time and the longest way to the caller's line have passed.
 */
export class PlayoutQueue {
  waitingBytes = 0;
  private waiting: Waiting[] = [];
  private written: Written[] = [];
  private last: Sound | null = null;
  /** When the last frame with audio has been heard to its end. */
  private quietAt = Number.NEGATIVE_INFINITY;
  private tellAt = Number.NEGATIVE_INFINITY;

  /**
   * @param bytesPerMs of the stream's format
   * @param transitMs the longest time from a write to the caller's line
   */
  constructor(
    private readonly bytesPerMs: number,
    private readonly transitMs: number,
  ) {}

  push({ bytes }: AudioFrame, soundId: string): void {
    if (bytes.byteLength === 0) return;
    const sound =
      this.last?.soundId === soundId
        ? this.last
        : { soundId, heardBytes: 0, writtenBytes: 0, waitingBytes: 0 };
    this.last = sound;
    sound.waitingBytes += bytes.byteLength;
    this.waitingBytes += bytes.byteLength;
    this.waiting.push({ sound, bytes, at: 0 });
  }

  /** Whether audio waits to be written. */
  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** When everything written so far has been heard; in the past when nothing is under way. */
  get silentAt(): number {
    return this.quietAt;
  }

  /**
   * Moves the next waiting audio into a frame, from `from` to its end. Returns where it ends.
   * @param start where the frame's audio begins
   */
  take(target: Uint8Array, start: number, from: number, now: number): number {
    const startAt = Math.max(now + this.transitMs, this.quietAt);
    let at = from;
    for (let first = this.waiting[0]; first && at < target.length; first = this.waiting[0]) {
      const bytes = Math.min(target.length - at, first.bytes.byteLength - first.at);
      target.set(first.bytes.subarray(first.at, first.at + bytes), at);
      at += bytes;
      first.at += bytes;
      first.sound.waitingBytes -= bytes;
      first.sound.writtenBytes += bytes;
      this.waitingBytes -= bytes;
      this.written.push({ sound: first.sound, bytes, heardAt: startAt + (at - start) / this.bytesPerMs });
      if (first.at === first.bytes.byteLength) this.waiting.shift();
    }
    if (at > start) this.quietAt = startAt + (target.length - start) / this.bytesPerMs;
    return at;
  }

  /** Calls `tell` with each sound of which more has been heard by now, if it is time to tell. */
  settle(now: number, tell: (heard: HeardSound) => void): void {
    for (let first = this.written[0]; first && first.heardAt <= now; first = this.written[0]) {
      this.written.shift();
      const { sound, bytes } = first;
      sound.heardBytes += bytes;
      sound.writtenBytes -= bytes;
      const isComplete = sound.writtenBytes + sound.waitingBytes === 0;
      if (!isComplete && now < this.tellAt) continue;
      this.tellAt = now + TELL_EVERY_MS;
      tell({ soundId: sound.soundId, heardMs: this.ms(sound.heardBytes), isComplete });
    }
  }

  /** Returns how much of each unfinished sound has been heard. */
  heardSoFar(now: number): HeardSound[] {
    const heard = new Map<Sound, number>();
    for (const { sound, bytes, heardAt } of this.written) {
      const left = Math.max(0, heardAt - now) * this.bytesPerMs;
      heard.set(sound, (heard.get(sound) ?? sound.heardBytes) + Math.max(0, bytes - left));
    }
    for (const { sound } of this.waiting) if (!heard.has(sound)) heard.set(sound, sound.heardBytes);
    return [...heard].map(([{ soundId }, bytes]) => ({
      soundId,
      heardMs: this.ms(bytes),
      isComplete: false,
    }));
  }

  /**
   * Drops what waits, and forgets what has been written. Returns how much was heard of each unfinished sound.
   */
  clear(now: number): HeardSound[] {
    const heard = this.heardSoFar(now);
    this.dropWaiting();
    this.written = [];
    this.last = null;
    return heard;
  }

  dropWaiting(): void {
    this.waiting = [];
    this.waitingBytes = 0;
  }

  /** Copies up to `bytes` of what comes next, without taking it. */
  peek(bytes: number): Uint8Array {
    const copy = new Uint8Array(Math.min(bytes, this.waitingBytes));
    let to = 0;
    for (const { bytes: source, at } of this.waiting) {
      if (to === copy.length) break;
      const part = source.subarray(at, at + copy.length - to);
      copy.set(part, to);
      to += part.length;
    }
    return copy;
  }

  private ms(bytes: number): number {
    return bytes / this.bytesPerMs;
  }
}
