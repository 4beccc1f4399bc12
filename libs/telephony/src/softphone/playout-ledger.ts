import type { HeardSound } from '@tandem/conversation';
import type { Played } from '@tandem/softphone';
import { ReportDelays } from './report-delays.ts';

/** One sound on its way to the browser. Offsets count the bytes of all sounds ever sent. */
interface SentSound {
  readonly soundId: string;
  /** Its number on the wire. */
  readonly number: number;
  readonly startOffset: number;
  endOffset: number;
}

export interface LedgerOptions {
  readonly bytesPerMs: number;
  readonly bytesPerSample: number;
  /**
   * A device plays in steps of at most this length: between two reports the position may be behind the clock
   * by one step.
   */
  readonly stepMs: number;
}

/** The effect of a report. */
export interface ReportOutcome {
  /** The sounds of which more was heard, in playing order. */
  readonly heard: readonly HeardSound[];
  /** The browser reported more than was sent to it. */
  readonly isClamped: boolean;
}

const NOTHING: ReportOutcome = { heard: [], isClamped: false };

/**
 * Derives the playout position of a softphone's stream from what the browser reports of its playback. A
 * report never counts for more than was sent of its sound, and never takes anything back. Between two
 * reports the position follows the clock for as long as the browser said it had audio, so that it is never
 * too far. A report that says when it was true counts from then, however long it was on its way.
 */
export class PlayoutLedger {
  private sounds: SentSound[] = [];
  private sentOffset = 0;
  private lastNumber = 0;
  /** The last reported position, its time, and the offset up to which playback goes on without a gap. */
  private anchor = { offset: 0, at: 0, untilOffset: 0 };
  /** The time of the last progress, or since when there is something to play. */
  private progressAt = 0;
  private readonly delays = new ReportDelays();

  constructor(private readonly options: LedgerOptions) {}

  /** Ms of audio sent and not known to be heard. */
  aheadMs(now: number): number {
    return (this.sentOffset - this.heardOffset(now)) / this.options.bytesPerMs;
  }

  /** Returns for how long the browser has had audio and reported no progress; 0 when it has none. */
  overdueMs(now: number): number {
    return this.sentOffset === this.anchor.offset ? 0 : now - this.progressAt;
  }

  /** Records audio that is about to be sent. Returns the number of its sound on the wire. */
  recordSent(soundId: string, bytes: number, now: number): number {
    // Nothing was on its way: the browser's silence until now proves nothing.
    if (this.sentOffset === this.anchor.offset) this.progressAt = now;
    let sound = this.sounds.at(-1);
    if (sound?.soundId !== soundId) {
      this.lastNumber += 1;
      sound = {
        soundId,
        number: this.lastNumber,
        startOffset: this.sentOffset,
        endOffset: this.sentOffset,
      };
      this.sounds.push(sound);
    }
    sound.endOffset += bytes;
    this.sentOffset += bytes;
    return sound.number;
  }

  /**
   * Applies a browser's report; one about a sound that was cleared or played long ago counts for nothing.
   * @param waitingSoundId the sound of which more waits to be sent, so that it is not complete
   */
  onPlayed(
    { sound: number, samples, ahead, at }: Played,
    now: number,
    waitingSoundId?: string,
  ): ReportOutcome {
    const { bytesPerSample } = this.options;
    const trueAt = now - (at === undefined ? 0 : this.delays.delayOf(at, now));
    if (number > this.lastNumber) return { heard: [], isClamped: true };
    const sound = this.sounds.find((candidate) => candidate.number === number);
    if (!sound) return NOTHING;
    const reported = sound.startOffset + samples * bytesPerSample;
    const offset = Math.min(reported, sound.endOffset);
    const isClamped = reported > sound.endOffset;
    const before = this.anchor.offset;
    if (offset < before) return { heard: [], isClamped };
    if (offset > before || ahead === 0) this.anchor = this.anchorAt(offset, trueAt, ahead * bytesPerSample);
    if (offset === before) return { heard: [], isClamped };
    this.progressAt = now;
    const heard = this.heardUpTo(offset, before, waitingSoundId);
    while (this.sounds.length > 1 && (this.sounds[0] as SentSound).endOffset <= offset) this.sounds.shift();
    return { heard, isClamped };
  }

  /** Returns how much of each unfinished sound has been heard. */
  heardSoFar(now: number): HeardSound[] {
    const heardOffset = this.heardOffset(now);
    return this.sounds
      .filter(({ endOffset }) => endOffset > this.anchor.offset)
      .map((sound) => ({
        soundId: sound.soundId,
        heardMs: this.heardMsOf(sound, heardOffset),
        isComplete: false,
      }));
  }

  /** Forgets everything sent, because a clear is about to be sent. Returns what was heard of each sound. */
  clear(now: number): HeardSound[] {
    const heard = this.heardSoFar(now);
    this.sounds = [];
    this.anchor = this.anchorAt(this.sentOffset, now, 0);
    return heard;
  }

  private heardUpTo(offset: number, before: number, waitingSoundId: string | undefined): HeardSound[] {
    return this.sounds
      .filter(({ startOffset, endOffset }) => endOffset > before && startOffset < offset)
      .map((sound) => ({
        soundId: sound.soundId,
        heardMs: this.heardMsOf(sound, offset),
        isComplete:
          offset >= sound.endOffset && !(sound === this.sounds.at(-1) && sound.soundId === waitingSoundId),
      }));
  }

  private heardMsOf({ startOffset, endOffset }: SentSound, offset: number): number {
    return Math.max(0, Math.min(endOffset, offset) - startOffset) / this.options.bytesPerMs;
  }

  private heardOffset(now: number): number {
    const { offset, at, untilOffset } = this.anchor;
    const { bytesPerMs, stepMs, bytesPerSample } = this.options;
    const played = Math.floor(Math.max(0, now - at - stepMs) * bytesPerMs);
    return Math.min(untilOffset, offset + played - (played % bytesPerSample));
  }

  private anchorAt(offset: number, at: number, aheadBytes: number) {
    return { offset, at, untilOffset: Math.min(offset + aheadBytes, this.sentOffset) };
  }
}
