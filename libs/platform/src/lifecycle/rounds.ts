/** Work that is done again and again: each round begins some time after the one before has ended. */
export class Rounds {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private isOver = false;

  /** @param work one round; whatever it throws is its own affair and must be caught there */
  constructor(
    private readonly pauseMs: number,
    private readonly work: () => Promise<void>,
  ) {}

  begin(): void {
    if (this.isOver) return;
    this.timer = setTimeout(() => {
      this.round = this.work().finally(() => this.begin());
    }, this.pauseMs);
  }

  /** No further round; resolves when the one under way has ended. */
  async end(): Promise<void> {
    this.isOver = true;
    if (this.timer) clearTimeout(this.timer);
    await this.round;
  }
}
