import { bytesPerMs, PCMU_8K, type AudioFormat } from '@tandem/contracts';
import { AudioFrame } from '../audio/audio-frame.ts';
import type {
  CallerStream,
  CallerStreamListener,
  HeardSound,
  StreamClosedReason,
} from '../ports/caller-stream.ts';
import type { Clock, Timer } from '../ports/clock.ts';

interface Queued {
  readonly soundId: string;
  writtenMs: number;
  heardMs: number;
  timer: Timer | null;
}

const MAX_HELD_MS = 240_000;

/** A caller stream with a perfect line: plays in the real time of its clock and reports what was heard. */
export class FakeCallerStream implements CallerStream {
  readonly streamId = 'MZ-fake';
  readonly clears: number[] = [];
  /** Every sound that was ever written, with the ms written and heard of it. */
  readonly sounds = new Map<string, { writtenMs: number; heardMs: number }>();
  readonly fades: number[] = [];
  isClosed = false;
  droppedMs = 0;
  private listener: CallerStreamListener | null = null;
  private queue: Queued[] = [];
  /** The sound heard to its end last; more of it may still be written. */
  private finished: Queued | null = null;
  private playingSince = 0;

  constructor(
    private readonly clock: Clock,
    readonly format: AudioFormat = PCMU_8K,
  ) {}

  attach(listener: CallerStreamListener): void {
    this.listener = listener;
  }

  /** Ms written and not yet heard. */
  get heldMs(): number {
    this.advance();
    return this.queue.reduce((ms, { writtenMs, heardMs }) => ms + writtenMs - heardMs, 0);
  }

  write(frame: AudioFrame, soundId: string): void {
    if (this.isClosed) return;
    const ms = frame.byteLength / bytesPerMs(this.format);
    if (this.heldMs + ms > MAX_HELD_MS) {
      this.droppedMs += ms;
      return;
    }
    const sound = this.sounds.get(soundId) ?? { writtenMs: 0, heardMs: 0 };
    this.sounds.set(soundId, sound);
    sound.writtenMs += ms;
    const last = this.queue.at(-1);
    if (last?.soundId === soundId) {
      last.writtenMs += ms;
      if (this.queue.length === 1) this.playFirst(true);
      return;
    }
    const more =
      this.queue.length === 0 && this.finished?.soundId === soundId
        ? this.finished
        : { soundId, writtenMs: 0, heardMs: 0, timer: null };
    more.writtenMs += ms;
    this.queue.push(more);
    if (this.queue.length === 1) this.playFirst(false);
  }

  clear(fadeMs = 0): HeardSound[] {
    if (this.isClosed) return [];
    this.clears.push(this.clock.now());
    if (fadeMs > 0) this.fades.push(fadeMs);
    const heard = this.heardSoFar();
    this.queue[0]?.timer?.cancel();
    this.queue = [];
    this.finished = null;
    this.clock.after(0, () => !this.isClosed && this.listener?.onSilent());
    return heard;
  }

  heardSoFar(): HeardSound[] {
    this.advance();
    return this.queue.map(({ soundId, heardMs, writtenMs }) => ({
      soundId,
      heardMs,
      isComplete: heardMs >= writtenMs,
    }));
  }

  close(): void {
    this.over('closed-by-us', (tell) => void this.clock.after(0, tell));
  }

  // The caller's side

  speak(ms = 20): void {
    this.sends(AudioFrame.fromBytes(new Uint8Array(ms * bytesPerMs(this.format)).fill(0x55)));
  }

  say(frame: Uint8Array): void {
    this.sends(AudioFrame.fromBytes(frame));
  }

  sends(frame: AudioFrame): void {
    if (!this.isClosed) this.listener?.onAudio(frame);
  }

  press(digit: string): void {
    if (!this.isClosed) this.listener?.onDigit(digit);
  }

  /** The caller writes instead of speaking. */
  writeText(text: string): void {
    if (!this.isClosed) this.listener?.onText?.(text);
  }

  leave(reason: StreamClosedReason): void {
    this.over(reason, (tell) => tell());
  }

  private over(reason: StreamClosedReason, when: (tell: () => void) => void): void {
    if (this.isClosed) return;
    this.advance();
    this.isClosed = true;
    this.queue[0]?.timer?.cancel();
    when(() => this.listener?.onClosed(reason));
  }

  private playFirst(isContinuing: boolean): void {
    const [first] = this.queue;
    if (!first) return;
    if (isContinuing) this.advance();
    first.timer?.cancel();
    this.playingSince = this.clock.now();
    first.timer = this.clock.after(first.writtenMs - first.heardMs, () => {
      this.advance();
      this.queue.shift();
      this.finished = first;
      this.listener?.onHeard({ soundId: first.soundId, heardMs: first.heardMs, isComplete: true });
      this.playFirst(false);
    });
  }

  private advance(): void {
    const [first] = this.queue;
    if (!first || this.isClosed) return;
    first.heardMs = Math.min(first.writtenMs, first.heardMs + this.clock.now() - this.playingSince);
    this.playingSince = this.clock.now();
    const sound = this.sounds.get(first.soundId);
    if (sound) sound.heardMs = Math.max(sound.heardMs, first.heardMs);
  }
}
