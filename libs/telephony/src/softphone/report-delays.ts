/** Reports compared with each other: two seconds of them. The quickest one is taken to be in time. */
const COMPARED = 20;
/** A page's clock stands still while the page is stopped, and may lie: no report is later than this. */
const MOST_MS = 250;

/**
 * Delays of reports that say when they were true, beside the quickest of the last ones. The zero of the
 * sender's clock and its drift do not matter.
 */
export class ReportDelays {
  /** Our time of arrival less the sender's time of each of the last reports. */
  private offsets: number[] = [];

  /** Returns by how many ms this report is late. @param at the sender's time of what it reports */
  delayOf(at: number, now: number): number {
    const offset = now - at;
    this.offsets = [...this.offsets.slice(1 - COMPARED), offset];
    return Math.min(MOST_MS, offset - Math.min(...this.offsets));
  }
}
