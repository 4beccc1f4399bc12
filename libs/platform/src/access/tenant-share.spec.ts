import { describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import { TenantShare } from './tenant-share.ts';

const [flooding, other] = ['flooding', 'other'] as TenantId[] as [TenantId, TenantId];

/** Returns how many places of ten a tenant gets. */
const placesFor = (share: TenantShare, tenant: TenantId, now: number): number =>
  Array.from({ length: 10 }, () => share.take(tenant, now)).filter(Boolean).length;

describe('the places of a process', () => {
  it('are all for a tenant who is alone', () => {
    expect(placesFor(new TenantShare(10), flooding, 0)).toBe(10);
  });

  it('stay half free while another tenant has calls', () => {
    const share = new TenantShare(10);
    share.take(other, 0);
    share.give(other);
    expect(placesFor(share, flooding, 59_000)).toBe(5);
    share.give(flooding);
    expect(share.take(flooding, 59_000)).toBe(true);
    expect(share.take(flooding, 59_000)).toBe(false);
    expect(share.take(other, 59_000)).toBe(true);
  });

  it('are all for a tenant again a minute after the others’ last call', () => {
    const share = new TenantShare(10);
    share.take(other, 0);
    share.give(other);
    expect(placesFor(share, flooding, 60_001)).toBe(10);
  });

  it('are never fewer than one', () => {
    const share = new TenantShare(1);
    share.take(other, 0);
    share.give(other);
    expect(share.take(flooding, 1)).toBe(true);
  });
});
