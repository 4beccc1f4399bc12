import type { Distance } from './distance.ts';

const BYTES_PER_MS = 8;

/** When the carrier has played what it was sent, and its marks are back at the relay. */
export class CarrierPlayout {
  private readonly marks: { readonly name: string; atMs: number }[] = [];
  private playingUntilMs = 0;

  constructor(private readonly distance: Distance) {}

  /** Audio that has just been received: `bytes` of µ-law. */
  add(bytes: number): void {
    const arrivesAtMs = performance.now() + this.distance.roundTripMs / 2;
    this.playingUntilMs = Math.max(this.playingUntilMs, arrivesAtMs) + bytes / BYTES_PER_MS;
  }

  mark(name: string): void {
    const { roundTripMs } = this.distance;
    const playedAtMs = Math.max(this.playingUntilMs, performance.now() + roundTripMs / 2);
    this.marks.push({ name, atMs: playedAtMs + roundTripMs / 2 });
  }

  clear(): void {
    this.playingUntilMs = 0;
    const backAtMs = performance.now() + this.distance.roundTripMs;
    for (const mark of this.marks) mark.atMs = Math.min(mark.atMs, backAtMs);
  }

  /** Takes the next mark that is back by now; null when there is none. */
  takeMark(nowMs: number): string | null {
    const [mark] = this.marks;
    if (mark === undefined || mark.atMs > nowMs) return null;
    this.marks.shift();
    return mark.name;
  }
}
