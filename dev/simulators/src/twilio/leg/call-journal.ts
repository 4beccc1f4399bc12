import type { Clock } from '@tandem/kit';
import { errorLevel, errorTitle, type CallError, type ErrorCode } from '../reference/call-errors.ts';
import type { CallEntry } from './call-report.ts';

type WithoutTime<T> = T extends unknown ? Omit<T, 'atMs'> : never;
type NewCallEntry = WithoutTime<CallEntry>;
export type CallListener = (entry: CallEntry) => void;

const ENTRIES_KEPT = 5000;

/** The timeline of a call, in order and bounded; listeners get every entry. */
export class CallJournal {
  private readonly clock: Clock;
  private readonly listeners = new Set<CallListener>();
  readonly entries: CallEntry[] = [];
  readonly errors: CallError[] = [];
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
    for (const listener of this.listeners) listener(entry);
  }

  error(code: ErrorCode, detail: string): void {
    const error = { code, level: errorLevel(code), title: errorTitle(code), detail };
    if (this.errors.length < ENTRIES_KEPT) this.errors.push({ ...error, atMs: this.nowMs });
    this.add({ kind: 'error', ...error });
  }
}
