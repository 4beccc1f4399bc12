import { bytesPerMs, type AudioFormat } from '@tandem/contracts';
import { SILENCE_BYTE, type AudioFrame } from '@tandem/conversation';
import { SoundRuns } from './sound-runs.ts';

/**
 * Audio placed this recently may still turn out not to have been heard. Twice as long as playback reports are
 * on their way.
 */
const HELD_MS = 2_000;

interface Queued {
  readonly soundId: string;
  readonly frame: AudioFrame;
}

/**
 * Puts caller and agent side by side on one timeline. The caller's frames are its clock: each moves the
 * agent's channel on by as much. The agent's audio is placed as it would be played, and taken out again where
 * it was not heard. Emits two interleaved channels in the stream's format, caller left, once they can no
 * longer change.
 */
export class TwoChannels {
  private readonly heldBytes: number;
  private readonly sampleBytes: number;
  private readonly silence: number;
  private readonly caller: Uint8Array;
  private readonly agent: Uint8Array;
  /** Bytes of each channel held now, and emitted before. */
  private held = 0;
  private emitted = 0;
  private queue: Queued[] = [];
  /** Bytes of the queue's first frame that are placed already. */
  private queueOffset = 0;
  private queuedBytes = 0;
  private readonly runs = new SoundRuns();
  /** Agent audio dropped because too much was queued. */
  droppedBytes = 0;

  constructor(
    private readonly format: AudioFormat,
    private readonly emit: (sound: Buffer) => void,
    private readonly maxQueuedBytes: number,
  ) {
    this.heldBytes = HELD_MS * bytesPerMs(format);
    this.sampleBytes = format.encoding === 'pcm16' ? 2 : 1;
    this.silence = SILENCE_BYTE[format.encoding];
    this.caller = new Uint8Array(this.heldBytes);
    this.agent = new Uint8Array(this.heldBytes);
  }

  /** Queues audio on its way to the caller. */
  addAgentAudio(frame: AudioFrame, soundId: string): void {
    if (frame.byteLength === 0) return;
    if (this.queuedBytes + frame.byteLength > this.maxQueuedBytes) {
      this.droppedBytes += frame.byteLength;
      return;
    }
    this.queue.push({ soundId, frame });
    this.queuedBytes += frame.byteLength;
  }

  /**
   * Places a frame of the caller, and as much of the queued agent audio beside it. With `isKept` false both
   * channels get silence of that length instead, and the agent audio counts as played.
   */
  addCallerFrame(frame: AudioFrame, isKept: boolean): void {
    // Half a sample at the end of a frame would put all that follows out of step.
    const frameBytes = frame.byteLength - (frame.byteLength % this.sampleBytes);
    for (let taken = 0; taken < frameBytes;) {
      if (this.held === this.heldBytes) this.emitHalf();
      const bytes = Math.min(frameBytes - taken, this.heldBytes - this.held);
      const end = this.held + bytes;
      if (isKept) this.caller.set(frame.bytes.subarray(taken, taken + bytes), this.held);
      else this.caller.fill(this.silence, this.held, end);
      this.agent.fill(this.silence, this.held, end);
      this.place(end, isKept);
      this.held = end;
      taken += bytes;
    }
  }

  /** Drops the queued agent audio, and takes out what was placed of each sound beyond the part heard. */
  truncate(heard: readonly { readonly soundId: string; readonly heardMs: number }[]): void {
    const samplesPerMs = this.format.rateHz / 1000;
    for (const { soundId, heardMs } of heard)
      this.truncateSound(soundId, Math.floor(heardMs * samplesPerMs) * this.sampleBytes);
    this.queue = [];
    this.queueOffset = 0;
    this.queuedBytes = 0;
    this.runs.clear();
  }

  /** Emits everything still held. */
  flush(): void {
    this.emitFirst(this.held);
  }

  /** Puts the next agent audio from the end of what is held up to `end`. */
  private place(end: number, isKept: boolean): void {
    for (let at = this.held, first = this.queue[0]; first && at < end; first = this.queue[0]) {
      const { frame, soundId } = first;
      const bytes = Math.min(frame.byteLength - this.queueOffset, end - at);
      if (isKept) this.agent.set(frame.bytes.subarray(this.queueOffset, this.queueOffset + bytes), at);
      this.runs.add(this.emitted + at, soundId, bytes);
      at += bytes;
      this.queueOffset += bytes;
      this.queuedBytes -= bytes;
      if (this.queueOffset < frame.byteLength) continue;
      this.queue.shift();
      this.queueOffset = 0;
    }
  }

  /** Silences what was placed of a sound beyond its first `bytes`, as far as it is still held. */
  private truncateSound(soundId: string, bytes: number): void {
    for (const { from, to } of this.runs.beyond(soundId, bytes)) {
      const heldFrom = Math.max(this.emitted, from);
      if (heldFrom < to) this.agent.fill(this.silence, heldFrom - this.emitted, to - this.emitted);
    }
  }

  private emitHalf(): void {
    const bytes = this.heldBytes / 2;
    this.emitFirst(bytes);
    this.caller.copyWithin(0, bytes);
    this.agent.copyWithin(0, bytes);
  }

  private emitFirst(bytes: number): void {
    const { caller, agent, sampleBytes } = this;
    const sound = Buffer.allocUnsafe(2 * bytes);
    for (let at = 0; at < bytes; at += 1) {
      const left = 2 * at - (at % sampleBytes);
      sound[left] = caller[at] as number;
      sound[left + sampleBytes] = agent[at] as number;
    }
    this.emit(sound);
    this.emitted += bytes;
    this.held -= bytes;
  }
}
