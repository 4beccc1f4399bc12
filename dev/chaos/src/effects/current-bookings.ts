import type { RunningPlatform } from '@tandem/commands/platform';
import type { TenantId } from '@tandem/contracts';
import { DEMO_TENANT_ID } from '@tandem/database';
import type { Bench } from '../bench/bench.ts';
import { platformOf } from '../bench/platform.ts';

export interface CurrentBooking {
  readonly id: string;
  readonly resource: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly reference: string;
}

/** Returns a tenant's bookings that are not cancelled. */
export function currentBookings(platform: RunningPlatform, tenantId: TenantId): Promise<CurrentBooking[]> {
  return platform.sql(
    `SELECT id, resource_id AS resource, reference,
            (extract(epoch FROM starts_at) * 1000)::float8 AS "startsAt",
            (extract(epoch FROM ends_at) * 1000)::float8 AS "endsAt"
     FROM bookings WHERE tenant_id = $1 AND status = 'booked'`,
    tenantId,
  );
}

/** Adds a tenant's bookings to the history, where the checker looks for overlaps and broken promises. */
export async function addBookings(bench: Bench, tenantId: TenantId = DEMO_TENANT_ID): Promise<number> {
  const found = await currentBookings(platformOf(bench), tenantId);
  for (const booking of found) bench.history.add({ kind: 'booking', call: null, ...booking });
  return found.length;
}
