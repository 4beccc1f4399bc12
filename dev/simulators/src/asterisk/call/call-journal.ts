import { ENTRIES_KEPT, Journal, type WithoutTime } from '../../journal/journal.ts';
import type { CallEntry } from './call-report.ts';

export type NewCallEntry = WithoutTime<CallEntry>;
export type CallListener = (entry: CallEntry) => void;

/** The timeline of one phone's call. */
export class CallJournal extends Journal<CallEntry> {
  /** Details of the errors; kept when the timeline is full. */
  readonly errors: string[] = [];

  override add(newEntry: NewCallEntry, atMs = this.nowMs): void {
    if (newEntry.kind === 'error' && this.errors.length < ENTRIES_KEPT) this.errors.push(newEntry.detail);
    super.add(newEntry, atMs);
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
