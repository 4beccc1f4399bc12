/** µ-law's code for no sound. */
const SILENCE = 0xff;
const BYTES_PER_MS = 8;
/** What was placed so recently may turn out not to have been heard: longer than marks are on their way. */
const HELD_BACK_MS = 3_000;

interface Queued {
  readonly soundId: string;
  readonly bytes: Uint8Array;
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
 * Caller and agent side by side on one clock, the caller's frames: each of them moves the agent's channel on by as much.
 * The agent's sound is placed as it would be played and taken back where it was not heard. Yields two interleaved
 * channels of µ-law, caller left, once nothing can change them any more.
 */
export class TwoChannels {
  private readonly held = Buffer.alloc(2 * HELD_BACK_MS * BYTES_PER_MS, SILENCE);
  /** Samples of each channel in `held`, and those yielded before. */
  private heldSamples = 0;
  private yieldedSamples = 0;
  private queue: Queued[] = [];
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
  agentWrote(bytes: Uint8Array, soundId: string): void {
    if (bytes.byteLength === 0) return;
    if (this.queuedBytes + bytes.byteLength > this.maxQueuedBytes) {
      this.droppedBytes += bytes.byteLength;
      return;
    }
    this.queue.push({ soundId, bytes });
    this.queuedBytes += bytes.byteLength;
  }

  /** A frame of the caller; `isKept` false puts silence of its length in both channels, and the agent's sound is past. */
  callerFrame(frame: Uint8Array, isKept: boolean): void {
    for (const code of frame) {
      if (2 * this.heldSamples === this.held.length) this.yieldHalf();
      const agent = this.nextOfAgent();
      this.held[2 * this.heldSamples] = isKept ? code : SILENCE;
      this.held[2 * this.heldSamples + 1] = isKept ? agent : SILENCE;
      this.heldSamples += 1;
    }
  }

  /** What was under way is dropped; of each sound so much was heard. */
  cleared(heard: readonly { readonly soundId: string; readonly heardMs: number }[]): void {
    for (const { soundId, heardMs } of heard) this.keepOnly(soundId, Math.floor(heardMs * BYTES_PER_MS));
    this.queue = [];
    this.queueOffset = 0;
    this.queuedBytes = 0;
    this.runs = [];
  }

  /** Yields what is left. */
  end(): void {
    this.emit(Buffer.from(this.held.subarray(0, 2 * this.heldSamples)));
    this.yieldedSamples += this.heldSamples;
    this.heldSamples = 0;
  }

  private nextOfAgent(): number {
    const first = this.queue[0];
    if (!first) return SILENCE;
    const code = first.bytes[this.queueOffset] as number;
    this.runOf(first.soundId).to += 1;
    this.queueOffset += 1;
    this.queuedBytes -= 1;
    if (this.queueOffset === first.bytes.byteLength) {
      this.queue.shift();
      this.queueOffset = 0;
    }
    return code;
  }

  private runOf(soundId: string): Run {
    const at = this.yieldedSamples + this.heldSamples;
    const last = this.runs.at(-1);
    if (last?.soundId === soundId && last.to === at) return last;
    const earlier = this.runs.findLast((run) => run.soundId === soundId);
    const run: Run = { soundId, from: at, to: at, before: earlier ? earlier.before + earlier.to - earlier.from : 0 };
    this.runs.push(run);
    if (this.runs.length > MAX_RUNS) this.runs.shift();
    return run;
  }

  /** What was placed of a sound beyond this was not heard: silence after all, where it can still be changed. */
  private keepOnly(soundId: string, samples: number): void {
    for (const run of this.runs) {
      if (run.soundId !== soundId) continue;
      const from = Math.max(this.yieldedSamples, run.from + Math.max(0, samples - run.before));
      for (let at = from; at < run.to; at += 1) this.held[2 * (at - this.yieldedSamples) + 1] = SILENCE;
    }
  }

  private yieldHalf(): void {
    const samples = this.heldSamples / 2;
    this.emit(Buffer.from(this.held.subarray(0, 2 * samples)));
    this.held.copy(this.held, 0, 2 * samples, 2 * this.heldSamples);
    this.heldSamples -= samples;
    this.yieldedSamples += samples;
  }
}
