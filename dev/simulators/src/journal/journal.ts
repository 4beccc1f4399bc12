import type { Clock } from '@tandem/kit';

/** An entry as it is added: the journal knows the time. */
export type WithoutTime<Entry> = Entry extends unknown ? Omit<Entry, 'atMs'> : never;

/** Entries kept of a call; later ones are counted. */
export const ENTRIES_KEPT = 5000;

/** The timeline of a call, in order and bounded; listeners get every entry. */
export class Journal<Entry extends { readonly atMs: number }> {
  private readonly clock: Clock;
  private readonly listeners = new Set<(entry: Entry) => void>();
  readonly entries: Entry[] = [];
  /** The clock's `now` at the start of the call. */
  readonly startedNowMs: number;
  readonly startedAt: number;
  dropped = 0;

  constructor(clock: Clock) {
    this.clock = clock;
    this.startedNowMs = clock.now();
    this.startedAt = clock.wallTime();
  }

  get nowMs(): number {
    return this.clock.now() - this.startedNowMs;
  }

  /** Returns the function that removes the listener. */
  listen(listener: (entry: Entry) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  add(newEntry: WithoutTime<Entry>, atMs = this.nowMs): void {
    const entry = { ...newEntry, atMs } as unknown as Entry;
    if (this.entries.length < ENTRIES_KEPT) this.entries.push(entry);
    else this.dropped += 1;
    for (const listener of [...this.listeners]) listener(entry);
  }
}
