import { bytesPerMs } from '@tandem/contracts';
import { AudioFrame } from '../../audio/audio-frame.ts';
import type { CallerStream } from '../../ports/caller-stream.ts';
import type { Clock, Timer } from '../../ports/clock.ts';

/** Music written ahead of its time: little, because some carriers cannot clear their buffer. */
const AHEAD_MS = 600;
const CHUNK_MS = 200;
const SOUND_ID = 'music';

/** Loops a sound in the stream's format; continues where it was stopped. */
export class HoldMusic {
  private offset = 0;
  private writtenMs = 0;
  private startedAt = 0;
  private timer: Timer | null = null;

  constructor(
    private readonly stream: CallerStream,
    private readonly clock: Clock,
    private readonly tune: () => Uint8Array = () => new Uint8Array(0),
  ) {}

  get isPlaying(): boolean {
    return this.timer !== null;
  }

  start(): void {
    if (this.isPlaying || this.tune().byteLength === 0) return;
    this.startedAt = this.clock.now();
    this.writtenMs = 0;
    this.write();
  }

  /** Clears the stream, so nothing else may be playing. */
  stop(): void {
    if (!this.timer) return;
    this.timer.cancel();
    this.timer = null;
    this.stream.clear();
  }

  private write(): void {
    const bytes = CHUNK_MS * bytesPerMs(this.stream.format);
    for (; this.writtenMs < this.clock.now() - this.startedAt + AHEAD_MS; this.writtenMs += CHUNK_MS) {
      this.stream.write(AudioFrame.fromBytes(this.chunk(bytes)), SOUND_ID);
    }
    this.timer = this.clock.after(CHUNK_MS, () => this.write());
  }

  private chunk(bytes: number): Uint8Array {
    const chunk = new Uint8Array(bytes);
    const sound = this.tune();
    for (let filled = 0; filled < bytes;) {
      const part = sound.subarray(this.offset, this.offset + bytes - filled);
      chunk.set(part, filled);
      filled += part.byteLength;
      this.offset = (this.offset + part.byteLength) % sound.byteLength;
    }
    return chunk;
  }
}
