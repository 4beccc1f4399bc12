import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { HistoryEntry, NewEntry } from './entries.ts';

/** All entries of one run, in memory and, one JSON object a line, in a file. */
export class History {
  readonly entries: HistoryEntry[] = [];

  /** @param file overwritten; null keeps the history in memory only */
  constructor(readonly file: string | null) {
    if (file) writeFileSync(file, '');
  }

  add(entry: NewEntry): void {
    const stamped = { at: Date.now(), ...entry };
    this.entries.push(stamped);
    if (this.file) appendFileSync(this.file, `${JSON.stringify(stamped)}\n`);
  }
}

/** Returns the entries of a history file. */
export function readHistory(file: string): HistoryEntry[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as HistoryEntry);
}
