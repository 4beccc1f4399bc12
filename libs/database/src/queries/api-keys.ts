import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';

/** Notes that a key was used, unless that was noted less than this ago. */
export async function noteKeyUse(manager: EntityManager, id: string, everyMs: number): Promise<void> {
  await query(
    manager,
    `UPDATE api_keys SET last_used_at = now() WHERE id = $1
       AND (last_used_at IS NULL OR last_used_at <= now() - $2 * interval '1 millisecond')`,
    [id, everyMs],
  );
}
