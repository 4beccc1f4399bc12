import type { TenantId } from '@tandem/contracts';
import { TenantPlaces } from './tenant-places.ts';

/** A tenant may hold this share of the places while others want some, too. */
const LARGEST_SHARE = 0.5;
/** Another tenant counts as wanting places for this long after it took its last one. */
const ACTIVE_FOR_MS = 60_000;

/**
 * Counts what each tenant has at work in this process. One with much slow work does not take every place:
 * places stay free for others, who come at any moment.
 */
export class TenantShare {
  private readonly running = new TenantPlaces();
  private readonly lastCallAt = new Map<TenantId, number>();
  private readonly most: number;

  /** @param places how much the process works at at a time */
  constructor(private readonly places: number) {
    this.most = Math.max(1, Math.floor(places * LARGEST_SHARE));
  }

  /** Takes a place. Returns false where the tenant has its share and others want places. */
  take(tenantId: TenantId, now: number): boolean {
    this.lastCallAt.set(tenantId, now);
    return this.running.take(tenantId, this.hasOthers(tenantId, now) ? this.most : this.places);
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
