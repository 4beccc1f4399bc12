import { bytesPerMs } from '@tandem/contracts';
import { AudioFrame } from '../../audio/audio-frame.ts';
import type { CallerStream } from '../../ports/caller-stream.ts';
import type { Clock, Timer } from '../../ports/clock.ts';

/**
 * Written so far ahead of what is due, in pieces of so much: little enough to be gone at once where a carrier
 * has no clear.
 */
const AHEAD_MS = 600;
const PIECE_MS = 200;
const SOUND_ID = 'music';

/** A sound in a circle, in the stream's format. Goes on where it left off. */
export class HoldMusic {
  private offset = 0;
  private writtenMs = 0;
  private startedAt = 0;
  private timer: Timer | null = null;

  constructor(
    private readonly stream: CallerStream,
    private readonly clock: Clock,
    private readonly sound: () => Uint8Array,
  ) {}

  get isPlaying(): boolean {
    return this.timer !== null;
  }

  start(): void {
    if (this.isPlaying || this.sound().byteLength === 0) return;
    this.startedAt = this.clock.now();
    this.writtenMs = 0;
    this.write();
  }

  /** Silence, at once. Nothing else may be playing. */
  stop(): void {
    if (!this.timer) return;
    this.timer.cancel();
    this.timer = null;
    this.stream.clear();
  }

  private write(): void {
    const bytes = PIECE_MS * bytesPerMs(this.stream.format);
    for (; this.writtenMs < this.clock.now() - this.startedAt + AHEAD_MS; this.writtenMs += PIECE_MS) {
      this.stream.write(AudioFrame.fromBytes(this.piece(bytes)), SOUND_ID);
    }
    this.timer = this.clock.after(PIECE_MS, () => this.write());
  }

  private piece(bytes: number): Uint8Array {
    const piece = new Uint8Array(bytes);
    const sound = this.sound();
    for (let filled = 0; filled < bytes;) {
      const part = sound.subarray(this.offset, this.offset + bytes - filled);
      piece.set(part, filled);
      filled += part.byteLength;
      this.offset = (this.offset + part.byteLength) % sound.byteLength;
    }
    return piece;
  }
}
