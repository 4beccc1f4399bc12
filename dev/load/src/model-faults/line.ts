import { bytesPerMs } from '@tandem/contracts';
import { AudioFrame, type Clock } from '@tandem/conversation';
import { FakeCallerStream } from '@tandem/conversation/testing';
import { FRAME_BYTES, FRAME_MS, MULAW_SILENCE } from '@tandem/kit';

/** Two frames of a voice, and one of a quiet line, as the carrier would send them. */
const VOICE = [0, 1].map((turn) =>
  Buffer.from(
    Array.from({ length: FRAME_BYTES }, (_, at) =>
      (at * 7 + turn * 13) % 2 === 0 ? 0x10 + ((at + turn) % 8) : 0x90 + ((at * 3 + turn) % 8),
    ),
  ).toString('base64'),
);
const QUIET = Buffer.alloc(FRAME_BYTES, MULAW_SILENCE).toString('base64');

/**
 * A phone line in real time: 50 frames a second from the caller, and the agent's audio played out at its
 * pace.
 */
export class Line extends FakeCallerStream {
  /** Time at which the caller has heard everything written so far. */
  silentFrom: number;
  /** Moments the agent's sound began after a silence, with the length of that silence in ms. */
  readonly onsets: { readonly at: number; readonly silenceMs: number }[] = [];
  isSpeaking = false;
  private readonly startedAt: number;
  private frames = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly time: Clock) {
    super(time);
    this.startedAt = time.now();
    this.silentFrom = this.startedAt;
  }

  open(): void {
    this.timer = setInterval(() => this.catchUp(), FRAME_MS);
  }

  override write(frame: AudioFrame, soundId: string): void {
    const now = this.time.now();
    if (now > this.silentFrom) this.onsets.push({ at: now, silenceMs: now - this.silentFrom });
    this.silentFrom = Math.max(now, this.silentFrom) + frame.byteLength / bytesPerMs(this.format);
    super.write(frame, soundId);
  }

  override clear(fadeMs?: number): ReturnType<FakeCallerStream['clear']> {
    this.silentFrom = this.time.now();
    return super.clear(fadeMs);
  }

  get isAgentHeard(): boolean {
    return this.time.now() < this.silentFrom;
  }

  override close(): void {
    if (this.timer) clearInterval(this.timer);
    super.close();
  }

  /** Makes up for a late timer by sending the frames that are due. */
  private catchUp(): void {
    const due = Math.floor((this.time.now() - this.startedAt) / FRAME_MS);
    for (; this.frames < due; this.frames += 1)
      this.sends(
        AudioFrame.fromBase64(this.isSpeaking ? (VOICE[this.frames % 2] as string) : QUIET, FRAME_BYTES),
      );
  }
}
