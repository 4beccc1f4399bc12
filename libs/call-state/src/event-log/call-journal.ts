import type { LogLimits } from './log-bound.ts';

/** An event as it is sent to Redis. */
export interface JournalEntry {
  /** Epoch of the owner that wrote it. */
  readonly epoch: number;
  readonly seq: number;
  /** Sealed when it is sent: what earlier owners have written is hardly ever sent again. */
  readonly sealed: () => string;
  readonly transition: string;
  /** Price of the usage it reports. */
  readonly micros: number;
  /** Size as sealed. */
  readonly bytes: number;
}

/** The most events of one call that wait for Redis: an hour of fast talk. */
const MAX_UNSTORED: LogLimits = { events: 5_000, bytes: 2 * 1024 * 1024 };
/**
 * The most that is remembered of one call. Beyond it the oldest stored events are forgotten: only Redis has
 * them then.
 */
const MAX_REMEMBERED: LogLimits = { events: 10_000, bytes: 3 * 1024 * 1024 };

/** The events of one call, numbered without a gap: those Redis has, and those it does not have yet. */
export class CallJournal {
  private entries: JournalEntry[];
  /** Index of the first entry Redis does not have. */
  private next: number;
  private allBytes = 0;
  private unstoredBytes = 0;

  /** @param lastSeq number of the last event that is stored, remembered here or not */
  constructor(
    earlier: readonly JournalEntry[],
    private lastSeq: number,
    private readonly most = { unstored: MAX_UNSTORED, remembered: MAX_REMEMBERED },
  ) {
    this.entries = [...earlier];
    this.next = earlier.length;
    for (const { bytes } of earlier) this.allBytes += bytes;
    this.forgetOldest();
  }

  /** Size of all remembered entries. */
  get bytes(): number {
    return this.allBytes;
  }

  get hasUnstored(): boolean {
    return this.next < this.entries.length;
  }

  /** Number of the last event Redis has taken. */
  get storedSeq(): number {
    return this.lastSeq;
  }

  /** The journal begins after this number; 0 when it has the first event. */
  get beginsAfter(): number {
    return (this.entries[0]?.seq ?? this.lastSeq + 1) - 1;
  }

  /** Whether as much waits for Redis as may: only what must not be lost is added then. */
  get isFull(): boolean {
    const { events, bytes } = this.most.unstored;
    return this.entries.length - this.next >= events || this.unstoredBytes >= bytes;
  }

  add(entry: JournalEntry): void {
    this.entries.push(entry);
    this.allBytes += entry.bytes;
    this.unstoredBytes += entry.bytes;
    this.forgetOldest();
  }

  /**
   * Returns the next entries to send: at most `most.events` and, but for the first, no more than fit into
   * `most.bytes`.
   */
  unstored(most: LogLimits): readonly JournalEntry[] {
    let end = this.next;
    for (let bytes = 0; end < this.entries.length && end - this.next < most.events; end += 1) {
      bytes += (this.entries[end] as JournalEntry).bytes;
      if (bytes > most.bytes && end > this.next) break;
    }
    return this.entries.slice(this.next, end);
  }

  stored(batch: readonly JournalEntry[]): void {
    this.next += batch.length;
    this.unstoredBytes -= sizeOf(batch);
    this.lastSeq = batch.at(-1)?.seq ?? this.lastSeq;
  }

  /** Marks everything above `lastSeq` as not stored. Returns how many entries must be sent again. */
  rewind(lastSeq: number): number {
    const before = this.next;
    while (this.next > 0 && (this.entries[this.next - 1] as JournalEntry).seq > lastSeq) this.next -= 1;
    this.unstoredBytes += sizeOf(this.entries.slice(this.next, before));
    this.lastSeq = lastSeq;
    return before - this.next;
  }

  /** Forgets everything. Returns how many entries Redis never got. */
  clear(): number {
    const unstored = this.entries.length - this.next;
    this.entries = [];
    this.next = 0;
    this.allBytes = 0;
    this.unstoredBytes = 0;
    return unstored;
  }

  private forgetOldest(): void {
    const { events, bytes } = this.most.remembered;
    while (this.next > 0 && (this.entries.length > events || this.allBytes > bytes)) {
      this.allBytes -= this.entries.shift()?.bytes ?? 0;
      this.next -= 1;
    }
  }
}

function sizeOf(entries: readonly JournalEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}
