/** Refusals of a tenant that are recorded in a minute by one process. */
export const REFUSALS_PER_MINUTE = 60;
/** Tenants remembered; the one that came first is forgotten first, and begins anew. */
const MAX_TENANTS = 1_000;

/** Keeps a sender of refused requests from filling the log: a bounded number a minute, saved up for one. */
export class RefusalBudget {
  private readonly left = new Map<string, { amount: number; atMs: number }>();

  /** Takes one of the tenant's. @returns false when none is left */
  take(tenantId: string, nowMs: number): boolean {
    const { amount, atMs } = this.left.get(tenantId) ?? { amount: REFUSALS_PER_MINUTE, atMs: nowMs };
    const gained = ((nowMs - atMs) / 60_000) * REFUSALS_PER_MINUTE;
    const now = Math.min(REFUSALS_PER_MINUTE, amount + gained);
    const [oldest] = this.left.keys();
    if (!this.left.has(tenantId) && this.left.size >= MAX_TENANTS && oldest !== undefined)
      this.left.delete(oldest);
    this.left.set(tenantId, { amount: now >= 1 ? now - 1 : now, atMs: nowMs });
    return now >= 1;
  }
}
