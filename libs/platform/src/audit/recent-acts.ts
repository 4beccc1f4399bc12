/** Requests for ranges of one thing by one actor within this time are one act. */
export const ONE_ACT_MS = 600_000;
/** Acts remembered; the one that came first is forgotten first. */
const MAX_ACTS = 10_000;

/** Acts this process has recorded a short while ago. */
export class RecentActs {
  private readonly atMs = new Map<string, number>();

  add(name: string, nowMs = performance.now()): void {
    const [oldest] = this.atMs.keys();
    if (this.atMs.size >= MAX_ACTS && oldest !== undefined) this.atMs.delete(oldest);
    this.atMs.set(name, nowMs);
  }

  has(name: string, nowMs = performance.now()): boolean {
    const atMs = this.atMs.get(name);
    return atMs !== undefined && nowMs - atMs < ONE_ACT_MS;
  }
}
