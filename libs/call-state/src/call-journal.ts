/** An event as it is sent to Redis. */
export interface JournalEntry {
  /** Of the owner that wrote it. */
  readonly epoch: number;
  readonly seq: number;
  /** Sealed when it is sent: what earlier owners have written is hardly ever sent again. */
  readonly sealed: () => string;
  readonly mark: string;
  /** What it reports to have used, at its price. */
  readonly micros: number;
}

/** Events of one call that may wait for Redis: an hour of fast talk. */
const MAX_UNSTORED = 5_000;
/** Events of one call that are remembered in all. Beyond it the oldest that are stored are forgotten: Redis alone has them. */
const MAX_REMEMBERED = 10_000;

/** The events of one call, numbered without a gap: what Redis has, and what it has yet to get. */
export class CallJournal {
  private entries: JournalEntry[];
  /** Index of the first entry Redis does not have. */
  private next: number;

  /** @param lastSeq number of the last event that is stored, remembered here or not */
  constructor(
    earlier: readonly JournalEntry[],
    private lastSeq: number,
    private readonly most = { unstored: MAX_UNSTORED, remembered: MAX_REMEMBERED },
  ) {
    this.entries = [...earlier];
    this.next = earlier.length;
  }

  get hasUnstored(): boolean {
    return this.next < this.entries.length;
  }

  /** Number of the last event Redis has taken. */
  get storedSeq(): number {
    return this.lastSeq;
  }

  /** What is remembered begins after this number; 0 when that is the beginning. */
  get beginsAfter(): number {
    return (this.entries[0]?.seq ?? this.lastSeq + 1) - 1;
  }

  /** False when too many wait already: it is not kept. */
  add(entry: JournalEntry): boolean {
    if (this.entries.length - this.next >= this.most.unstored) return false;
    this.entries.push(entry);
    if (this.entries.length > this.most.remembered && this.next > 0) {
      this.entries.shift();
      this.next -= 1;
    }
    return true;
  }

  unstored(most: number): readonly JournalEntry[] {
    return this.entries.slice(this.next, this.next + most);
  }

  stored(batch: readonly JournalEntry[]): void {
    this.next += batch.length;
    this.lastSeq = batch.at(-1)?.seq ?? this.lastSeq;
  }

  /** Redis has nothing above `lastSeq`. Answers how many entries are to be sent again. */
  rewind(lastSeq: number): number {
    const before = this.next;
    while (this.next > 0 && (this.entries[this.next - 1] as JournalEntry).seq > lastSeq) this.next -= 1;
    this.lastSeq = lastSeq;
    return before - this.next;
  }

  /** Answers how many entries Redis never got. */
  clear(): number {
    const unstored = this.entries.length - this.next;
    this.entries = [];
    this.next = 0;
    return unstored;
  }
}
