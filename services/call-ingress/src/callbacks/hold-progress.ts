import { z } from 'zod';
import type { HoldProgress } from '../ports/carrier-instruction.ts';

/** The query with which a carrier asks again about a waiting call. */
export const holdProgressQuery = z
  .object({
    told: z.coerce.number().int().min(0).max(1_000_000).optional(),
    silent: z.coerce.number().int().min(0).max(100).default(0),
    blind: z.coerce.number().int().min(0).max(100).default(0),
  })
  .transform(({ told, silent, blind }): HoldProgress => ({
    announcedPosition: told,
    silentHolds: silent,
    unverifiedHolds: blind,
  }));

/** Returns the query that {@link holdProgressQuery} reads. */
export function toHoldProgressQuery({
  announcedPosition,
  silentHolds,
  unverifiedHolds,
}: Partial<HoldProgress>): string {
  return Object.entries({ told: announcedPosition, silent: silentHolds, blind: unverifiedHolds })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
