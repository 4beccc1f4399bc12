import { bytesPerMs, type AudioFormat } from '@tandem/contracts';
import { toBytes, toMs } from '../wire/audio-format.ts';

/** Keeps a sum of binary fractions from losing the last sample. */
const ROUNDING_MS = 0.001;

/** Audio cut out of the buffer to become a user item. `bytes` is null when audio is not kept. */
export interface CutAudio {
  readonly bytes: Buffer | null;
  readonly durationMs: number;
}

/**
 * The input audio buffer: audio appended and not yet committed. Positions are ms of audio written since the
 * session began, across commits, clears and format changes.
 */
export class InputAudioBuffer {
  private currentFormat: AudioFormat;
  private readonly isKept: boolean;
  private pieces: Buffer[] = [];
  /** Position of the first byte that is still in the buffer. */
  private startMs = 0;
  private bytes = 0;

  /** Without `isKept` only lengths are tracked: enough for every rule, and cheap under load. */
  constructor(format: AudioFormat, isKept: boolean) {
    this.currentFormat = format;
    this.isKept = isKept;
  }

  get format(): AudioFormat {
    return this.currentFormat;
  }

  /** Ms of audio ever written to the buffer. */
  get writtenMs(): number {
    return this.startMs + toMs(this.bytes, this.currentFormat);
  }

  /** Ms of audio in the buffer now. */
  get lengthMs(): number {
    return toMs(this.bytes, this.currentFormat);
  }

  /** The buffer keeps the array. */
  append(audio: Buffer): void {
    this.bytes += audio.length;
    if (this.isKept) this.pieces.push(audio);
  }

  clear(): void {
    this.drop(this.bytes);
  }

  /**
   * Changes the format of the bytes to come. The content of the buffer cannot be mixed with them and is
   * dropped.
   */
  changeFormat(format: AudioFormat): void {
    this.clear();
    this.currentFormat = format;
  }

  /** Forgets what lies before `positionMs`: silence that no turn will contain. */
  forgetBefore(positionMs: number): void {
    this.drop(
      Math.min(this.bytes, Math.max(0, toBytes(positionMs - this.startMs + ROUNDING_MS, this.currentFormat))),
    );
  }

  /**
   * Takes the audio between two positions (default: all) out of the buffer. Audio before them is dropped,
   * audio after them stays.
   */
  cut(fromMs = this.startMs, untilMs = this.writtenMs): CutAudio {
    this.forgetBefore(fromMs);
    const count = Math.min(
      this.bytes,
      Math.max(0, toBytes(untilMs - this.startMs + ROUNDING_MS, this.currentFormat)),
    );
    const durationMs = toMs(count, this.currentFormat);
    const bytes = this.isKept ? Buffer.concat(this.pieces).subarray(0, count) : null;
    this.drop(count);
    return { bytes, durationMs };
  }

  private drop(count: number): void {
    this.startMs += count / bytesPerMs(this.currentFormat);
    this.bytes -= count;
    let left = count;
    while (left > 0) {
      const first = this.pieces[0];
      if (!first) return;
      if (first.length > left) {
        this.pieces[0] = first.subarray(left);
        return;
      }
      left -= first.length;
      this.pieces.shift();
    }
  }
}
