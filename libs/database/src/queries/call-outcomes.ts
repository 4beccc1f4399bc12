import type { CallId } from '@tandem/contracts';
import { In, type EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';
import { DispositionRow } from '../entities/call.entities.ts';
import type { DispositionRecord } from '../entities/call-record.ts';

/** Returns the dispositions of calls as they count: as corrected last, or as written with the call. */
export async function currentDispositions(
  manager: EntityManager,
  callIds: readonly CallId[],
): Promise<Map<CallId, DispositionRecord>> {
  const original = await manager.findBy(DispositionRow, { callId: In(callIds) });
  const corrected = await query<DispositionRecord & { readonly callId: CallId }>(
    manager,
    `SELECT DISTINCT ON (call_id) call_id AS "callId", outcome, detail FROM disposition_corrections
     WHERE call_id = ANY ($1::uuid[]) ORDER BY call_id, id DESC`,
    [callIds],
  );
  return new Map(
    [...original, ...corrected].map(({ callId, outcome, detail }) => [callId, { outcome, detail }]),
  );
}
