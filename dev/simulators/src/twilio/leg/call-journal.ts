import { ENTRIES_KEPT, Journal } from '../../journal/journal.ts';
import { errorLevel, errorTitle, type CallError, type ErrorCode } from '../reference/call-errors.ts';
import type { CallEntry } from './call-report.ts';

export type CallListener = (entry: CallEntry) => void;

/** The timeline of a call, and its errors. */
export class CallJournal extends Journal<CallEntry> {
  readonly errors: CallError[] = [];

  error(code: ErrorCode, detail: string): void {
    const error = { code, level: errorLevel(code), title: errorTitle(code), detail };
    if (this.errors.length < ENTRIES_KEPT) this.errors.push({ ...error, atMs: this.nowMs });
    this.add({ kind: 'error', ...error });
  }
}
