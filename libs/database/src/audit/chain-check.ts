import { FIRST_HASH, hashOf, type ChainedEntry } from './chain.ts';

/** The newest entry of a chain: its number and hash, in hexadecimal. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/**
 * - `changed`: a column of the entry was edited, or its place was changed.
 * - `missing`: the entry was deleted.
 * - `inserted`: the entry is one too many.
 * - `detached`: the entry does not follow the one before it: one of the two was replaced.
 * - `rewritten`: the chain ends in another entry than the head or a kept head tells.
 * - `no-head`: the chain has no head.
 */
export type ChainFault = 'changed' | 'missing' | 'inserted' | 'detached' | 'rewritten' | 'no-head';

export interface ChainFinding {
  readonly fault: ChainFault;
  /** Number of the entry; of `missing` the first of them. 0 for `no-head`. */
  readonly seq: number;
  /** The last of several missing entries. */
  readonly until?: number;
}

/** Findings of one chain that are kept; the others are counted. */
const MOST_FINDINGS = 20;

/** Checks the chain of one tenant, entry by entry in the order of their numbers. */
export class ChainCheck {
  private expected = 1;
  private lastHash: Buffer = FIRST_HASH;
  /** False after an entry that is wrong itself: what follows it is not blamed for that. */
  private isLinked = true;
  readonly findings: ChainFinding[] = [];
  count = 0;
  entries = 0;

  /**
   * @param head null when there is none
   * @param anchor a head that was kept outside of the database
   */
  constructor(
    private readonly head: ChainHead | null,
    private readonly anchor: ChainHead | null = null,
  ) {
    if (head === null) this.found('no-head', 0);
  }

  add(entry: ChainedEntry): void {
    this.entries += 1;
    const seq = Number(entry.seq);
    if (seq < this.expected) return this.found('inserted', seq);
    if (seq > this.expected) {
      this.missing(this.expected, seq - 1);
      this.isLinked = false;
    }
    const isWhole = hashOf(entry).equals(entry.hash);
    if (!isWhole) this.found('changed', seq);
    else if (this.isLinked && !entry.previousHash.equals(this.lastHash)) this.found('detached', seq);
    this.isLinked = isWhole;
    if (this.head !== null && seq > this.head.seq) this.found('inserted', seq);
    if (seq === this.anchor?.seq) this.checkAnchor(entry.hash);
    this.expected = seq + 1;
    this.lastHash = entry.hash;
  }

  /** Ends the check: what the head tells must be there. */
  finish(): void {
    const { head, anchor } = this;
    const end = this.expected - 1;
    if (head !== null && end < head.seq) this.missing(this.expected, head.seq);
    const isEnd = head !== null && end === head.seq && this.isLinked;
    if (isEnd && this.lastHash.toString('hex') !== head.hash) this.found('rewritten', end);
    if (anchor !== null) this.missing(Math.max(this.expected, (head?.seq ?? 0) + 1), anchor.seq);
  }

  private checkAnchor(hash: Buffer): void {
    if (hash.toString('hex') !== this.anchor?.hash) this.found('rewritten', this.anchor?.seq ?? 0);
  }

  private missing(seq: number, until: number): void {
    if (until >= seq) this.note({ fault: 'missing', seq, ...(until > seq ? { until } : {}) });
  }

  private found(fault: ChainFault, seq: number): void {
    this.note({ fault, seq });
  }

  private note(finding: ChainFinding): void {
    this.count += 1;
    if (this.findings.length < MOST_FINDINGS) this.findings.push(finding);
  }
}
