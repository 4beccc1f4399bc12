/** µ-law at 8 kHz. */
const FRAME_BYTES = 160;

/**
 * A carrier's playout: takes 20 ms of audio at each tick, gives marks back when everything before them was
 * taken, all of them at a clear. The strictest reading of Twilio: a mark comes back as soon as its audio is
 * handed to the ear, up to 20 ms before it has been heard. Sounds are told apart by the byte they are made
 * of.
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

  /** Answers the marks that come back by it. */
  clear(): string[] {
    const marks = this.queue.filter((entry) => typeof entry === 'string');
    this.queue = [];
    return marks;
  }

  /** 20 ms go by. Answers the marks that come back. */
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

  /** Ms heard of the audio made of this byte, by the end of the tick that is under way. */
  heardMs(value: number): number {
    return (this.played[value] ?? 0) / 8;
  }
}
