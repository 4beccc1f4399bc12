import type { TenantId } from '@tandem/contracts';
import { TenantPlaces } from './tenant-places.ts';

/** A tenant may hold this share of a worker's places while others have calls, too. */
const LARGEST_SHARE = 0.5;
/** Another tenant counts as having calls for this long after its last one. */
const ACTIVE_FOR_MS = 60_000;

/**
 * Counts the tool calls each tenant has at work in this worker. One with many slow tools does not take every
 * place: places stay free for others, who come at any moment.
 */
export class TenantShare {
  private readonly running = new TenantPlaces();
  private readonly lastCallAt = new Map<TenantId, number>();
  private readonly most: number;

  /** @param places tool calls the worker runs at a time */
  constructor(places: number) {
    this.most = Math.max(1, Math.floor(places * LARGEST_SHARE));
  }

  /** Takes a place. Returns false where the tenant has its share and others have calls. */
  take(tenantId: TenantId, now: number): boolean {
    this.lastCallAt.set(tenantId, now);
    return this.running.take(tenantId, this.hasOthers(tenantId, now) ? this.most : Infinity);
  }

  give(tenantId: TenantId): void {
    this.running.give(tenantId);
  }

  private hasOthers(tenantId: TenantId, now: number): boolean {
    for (const [other, at] of this.lastCallAt) {
      if (now - at > ACTIVE_FOR_MS) this.lastCallAt.delete(other);
      else if (other !== tenantId) return true;
    }
    return false;
  }
}
