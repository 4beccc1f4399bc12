/** Messages a page may send: some at once, then one more after each pause. */
export class MessageBudget {
  private left: number;

  constructor(
    private readonly burst: number,
    private readonly everyMs: number,
    private lastAt: number,
  ) {
    this.left = burst;
  }

  /** Counts a message that has come. Returns whether it is within the budget. */
  admits(now: number): boolean {
    this.left = Math.min(this.burst, this.left + (now - this.lastAt) / this.everyMs);
    this.lastAt = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
