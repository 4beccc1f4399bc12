import type { Clock } from '@tandem/kit';
import type { CallEntry } from './call-report.ts';

type WithoutTime<T> = T extends unknown ? Omit<T, 'atMs'> : never;
export type NewCallEntry = WithoutTime<CallEntry>;
export type CallListener = (entry: CallEntry) => void;

const ENTRIES_KEPT = 5000;

/** The timeline of a call, in order and bounded; listeners get every entry. */
export class CallJournal {
  private readonly clock: Clock;
  private readonly listeners = new Set<CallListener>();
  readonly entries: CallEntry[] = [];
  /** Details of the errors; kept when the timeline is full. */
  readonly errors: string[] = [];
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
  listen(listener: CallListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  add(newEntry: NewCallEntry, atMs = this.nowMs): void {
    const entry = { ...newEntry, atMs } as CallEntry;
    if (this.entries.length < ENTRIES_KEPT) this.entries.push(entry);
    else this.dropped += 1;
    if (entry.kind === 'error' && this.errors.length < ENTRIES_KEPT) this.errors.push(entry.detail);
    for (const listener of [...this.listeners]) listener(entry);
  }

  /** Returns the first entry of a kind, past or future. */
  first<K extends CallEntry['kind']>(kind: K): Promise<Extract<CallEntry, { kind: K }>> {
    return new Promise((resolve) => {
      const known = this.entries.find((entry) => entry.kind === kind);
      if (known) return resolve(known as Extract<CallEntry, { kind: K }>);
      const stop = this.listen((entry) => {
        if (entry.kind !== kind) return;
        stop();
        resolve(entry as Extract<CallEntry, { kind: K }>);
      });
    });
  }
}
