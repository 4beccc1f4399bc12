/** An unbroken stretch of one sound on the timeline, in bytes since its start. */
interface Run {
  readonly soundId: string;
  readonly from: number;
  to: number;
  /** Bytes of the same sound placed before this run. */
  readonly before: number;
}

const MAX_RUNS = 64;

/** Where sounds were placed on a timeline, the last of them. */
export class SoundRuns {
  private runs: Run[] = [];

  /** Adds bytes of a sound placed at a position. */
  add(at: number, soundId: string, bytes: number): void {
    const last = this.runs.at(-1);
    if (last?.soundId === soundId && last.to === at) {
      last.to += bytes;
      return;
    }
    const earlier = this.runs.findLast((run) => run.soundId === soundId);
    const before = earlier ? earlier.before + earlier.to - earlier.from : 0;
    this.runs.push({ soundId, from: at, to: at + bytes, before });
    if (this.runs.length > MAX_RUNS) this.runs.shift();
  }

  /** Returns the stretches of a sound beyond its first `bytes`; one that ends before it begins is empty. */
  beyond(soundId: string, bytes: number): { readonly from: number; readonly to: number }[] {
    return this.runs
      .filter((run) => run.soundId === soundId)
      .map(({ from, to, before }) => ({ from: from + Math.max(0, bytes - before), to }));
  }

  clear(): void {
    this.runs = [];
  }
}
