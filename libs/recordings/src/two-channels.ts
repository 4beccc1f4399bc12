import type { AudioFrame } from '@tandem/conversation';

/** µ-law's code for no sound. */
const SILENCE = 0xff;
const SAMPLES_PER_MS = 8;
/**
 * What was placed so recently may turn out not to have been heard: twice as long as marks are on their way.
 */
const HELD_SAMPLES = 2_000 * SAMPLES_PER_MS;

interface Queued {
  readonly soundId: string;
  readonly frame: AudioFrame;
}

/** An unbroken stretch of one sound on the timeline, in samples since its start. */
interface Run {
  readonly soundId: string;
  readonly from: number;
  to: number;
  /** Samples of the sound placed before it. */
  readonly before: number;
}

const MAX_RUNS = 64;

/**
 * Caller and agent side by side on one clock, the caller's frames: each of them moves the agent's channel on
 * by as much. The agent's sound is placed as it would be played and taken back where it was not heard. Yields
 * two interleaved channels of µ-law, caller left, once nothing can change them any more.
 */
export class TwoChannels {
  private readonly caller = new Uint8Array(HELD_SAMPLES);
  private readonly agent = new Uint8Array(HELD_SAMPLES);
  /** Samples held of each channel, and those yielded before. */
  private held = 0;
  private emitted = 0;
  private queue: Queued[] = [];
  /** Samples of the queue's first frame that are placed already. */
  private queueOffset = 0;
  private queuedBytes = 0;
  private runs: Run[] = [];
  /** Sound for the agent's channel that came too far ahead to be kept. */
  droppedBytes = 0;

  constructor(
    private readonly emit: (sound: Buffer) => void,
    private readonly maxQueuedBytes: number,
  ) {}

  /** Audio on its way to the caller. */
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
   * A frame of the caller; `isKept` false puts silence of its length in both channels, and the agent's sound
   * is past.
   */
  addCallerFrame(frame: AudioFrame, isKept: boolean): void {
    for (let taken = 0; taken < frame.byteLength;) {
      if (this.held === HELD_SAMPLES) this.emitHalf();
      const samples = Math.min(frame.byteLength - taken, HELD_SAMPLES - this.held);
      const end = this.held + samples;
      if (isKept) this.caller.set(frame.bytes.subarray(taken, taken + samples), this.held);
      else this.caller.fill(SILENCE, this.held, end);
      this.agent.fill(SILENCE, this.held, end);
      this.place(end, isKept);
      this.held = end;
      taken += samples;
    }
  }

  /** What was under way is dropped; of each sound so much was heard. */
  truncate(heard: readonly { readonly soundId: string; readonly heardMs: number }[]): void {
    for (const { soundId, heardMs } of heard)
      this.truncateSound(soundId, Math.floor(heardMs * SAMPLES_PER_MS));
    this.queue = [];
    this.queueOffset = 0;
    this.queuedBytes = 0;
    this.runs = [];
  }

  /** Yields what is left. */
  flush(): void {
    this.emitFirst(this.held);
  }

  /** Puts the agent's next samples from the end of what is held up to `end`. */
  private place(end: number, isKept: boolean): void {
    for (let at = this.held, first = this.queue[0]; first && at < end; first = this.queue[0]) {
      const { frame, soundId } = first;
      const samples = Math.min(frame.byteLength - this.queueOffset, end - at);
      if (isKept) this.agent.set(frame.bytes.subarray(this.queueOffset, this.queueOffset + samples), at);
      this.runAt(this.emitted + at, soundId).to += samples;
      at += samples;
      this.queueOffset += samples;
      this.queuedBytes -= samples;
      if (this.queueOffset < frame.byteLength) continue;
      this.queue.shift();
      this.queueOffset = 0;
    }
  }

  private runAt(at: number, soundId: string): Run {
    const last = this.runs.at(-1);
    if (last?.soundId === soundId && last.to === at) return last;
    const earlier = this.runs.findLast((run) => run.soundId === soundId);
    const run: Run = {
      soundId,
      from: at,
      to: at,
      before: earlier ? earlier.before + earlier.to - earlier.from : 0,
    };
    this.runs.push(run);
    if (this.runs.length > MAX_RUNS) this.runs.shift();
    return run;
  }

  /**
   * What was placed of a sound beyond this was not heard: silence after all, where it can still be changed.
   */
  private truncateSound(soundId: string, samples: number): void {
    for (const run of this.runs) {
      if (run.soundId !== soundId) continue;
      const from = Math.max(this.emitted, run.from + Math.max(0, samples - run.before));
      if (from < run.to) this.agent.fill(SILENCE, from - this.emitted, run.to - this.emitted);
    }
  }

  private emitHalf(): void {
    const samples = HELD_SAMPLES / 2;
    this.emitFirst(samples);
    this.caller.copyWithin(0, samples);
    this.agent.copyWithin(0, samples);
  }

  private emitFirst(samples: number): void {
    const sound = Buffer.allocUnsafe(2 * samples);
    for (let at = 0; at < samples; at += 1) {
      sound[2 * at] = this.caller[at] as number;
      sound[2 * at + 1] = this.agent[at] as number;
    }
    this.emit(sound);
    this.emitted += samples;
    this.held -= samples;
  }
}
