/** µ-law at 8 kHz. */
const FRAME_BYTES = 160;

/**
 * Simulates a carrier's playout: takes 20 ms of audio at each tick, and echoes a mark when everything before
 * it was taken, all marks at a clear. This is the strictest reading of Twilio's documents: a mark is echoed
 * when its audio starts to play, up to 20 ms before it has been heard. Sounds differ by the byte they are
 * made of.
 */
export class CarrierPlayout {
  private queue: (Uint8Array | string)[] = [];
  private readonly played = new Array<number>(256).fill(0);

  audio(bytes: Uint8Array): void {
    if (bytes.length > 0) this.queue.push(bytes);
  }

  mark(name: string): void {
    this.queue.push(name);
  }

  /** Returns the marks echoed by it. */
  clear(): string[] {
    const marks = this.queue.filter((entry) => typeof entry === 'string');
    this.queue = [];
    return marks;
  }

  /** Plays 20 ms. Returns the marks echoed. */
  tick(): string[] {
    const echoed: string[] = [];
    let room = FRAME_BYTES;
    for (let first = this.queue[0]; first !== undefined; first = this.queue[0]) {
      if (typeof first === 'string') echoed.push(first);
      else {
        if (room === 0) break;
        const taken = first.subarray(0, room);
        for (const value of taken) this.played[value] = (this.played[value] ?? 0) + 1;
        room -= taken.length;
        if (taken.length < first.length) {
          this.queue[0] = first.subarray(taken.length);
          break;
        }
      }
      this.queue.shift();
    }
    return echoed;
  }

  /** Returns the ms heard of the audio made of this byte, by the end of the current tick. */
  heardMs(value: number): number {
    return (this.played[value] ?? 0) / 8;
  }
}
