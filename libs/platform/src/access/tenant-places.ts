import type { TenantId } from '@tandem/contracts';

/** Counts the places each tenant holds. */
export class TenantPlaces {
  private readonly held = new Map<TenantId, number>();

  /** Takes a place. Returns false for a tenant that holds `most` already. */
  take(tenantId: TenantId, most: number): boolean {
    const held = this.held.get(tenantId) ?? 0;
    if (held >= most) return false;
    this.held.set(tenantId, held + 1);
    return true;
  }

  give(tenantId: TenantId): void {
    const left = (this.held.get(tenantId) ?? 1) - 1;
    if (left > 0) this.held.set(tenantId, left);
    else this.held.delete(tenantId);
  }
}
