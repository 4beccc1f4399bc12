import type { AnalysisJob, TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../../connection/unit-of-work.ts';
import type {
  AnalysisFindings,
  AnalysisResult,
  ExportedAnalysis,
  ExportSelection,
} from '../../entities/analysis.ts';
import type { Position } from '../../rows/page.ts';
import { jsonParameter, storable } from '../../rows/storable.ts';

const NOTHING: Omit<AnalysisFindings, 'model' | 'usage' | 'costMicros'> = {
  source: 'model',
  summary: null,
  outcome: null,
  extractionState: 'not-asked',
  extraction: null,
  followUps: [],
};

/** Stores the end of an analysis that waits; returns whether it did. */
export async function storeResult(
  transaction: Transaction,
  { tenantId, analysisId, round }: AnalysisJob,
  result: AnalysisResult,
): Promise<boolean> {
  const found = storable(result.state === 'done' ? result : { ...NOTHING, ...result });
  const stored = await query(
    transaction,
    `UPDATE call_analyses SET state = $4, source = $5, model = $6, reason = $7, summary = $8, outcome = $9,
       extraction_state = $10, extraction = $11::jsonb, follow_ups = $12::jsonb, usage = $13::jsonb,
       cost_micros = $14, due_at = NULL, settled_at = now()
     WHERE tenant_id = $1 AND id = $2 AND round = $3 AND state = 'waiting' RETURNING id`,
    [
      tenantId,
      analysisId,
      round,
      result.state,
      result.model === null && result.state === 'failed' ? null : found.source,
      result.model,
      result.state === 'failed' ? result.reason : null,
      found.summary,
      found.outcome,
      found.extractionState,
      found.extraction === null ? null : jsonParameter(found.extraction),
      jsonParameter(found.followUps),
      found.usage && jsonParameter(found.usage),
      found.costMicros,
    ],
  );
  return stored.length > 0;
}

/** Returns the latest settled analysis of each call of a period, oldest call first, after a position. */
export function listForExport(
  manager: EntityManager,
  tenantId: TenantId,
  { from, to, agentId }: ExportSelection,
  after: Position | null,
  limit: number,
): Promise<ExportedAnalysis[]> {
  return query(
    manager,
    `SELECT analysis.id, analysis.tenant_id AS "tenantId", analysis.call_id AS "callId", analysis.version,
       analysis.state, analysis.is_replay AS "isReplay", analysis.source, analysis.model, analysis.reason,
       analysis.summary, analysis.outcome, analysis.extraction_state AS "extractionState",
       analysis.extraction, analysis.follow_ups AS "followUps", analysis.usage,
       analysis.cost_micros::float8 AS "costMicros", analysis.created_at AS "createdAt",
       analysis.settled_at AS "settledAt", call.admitted_at AS "admittedAt", call.from_number AS "from",
       call.to_number AS "to", call.agent_id AS "agentId", call.agent_name AS "agentName",
       call.agent_version AS "agentVersion", call.duration_ms AS "durationMs",
       disposition.outcome AS disposition
     FROM calls call
     CROSS JOIN LATERAL (
       SELECT * FROM call_analyses latest
       WHERE latest.call_id = call.id AND latest.tenant_id = $1 AND latest.state IN ('done', 'failed')
       ORDER BY latest.settled_at DESC, latest.id LIMIT 1) analysis
     LEFT JOIN dispositions disposition ON disposition.call_id = call.id
     WHERE call.tenant_id = $1 AND call.admitted_at >= $2 AND call.admitted_at < $3
       AND ($4::uuid IS NULL OR call.agent_id = $4)
       AND ($5::timestamptz IS NULL OR (call.admitted_at, call.id) > ($5, $6::uuid))
     ORDER BY call.admitted_at, call.id LIMIT $7`,
    [tenantId, from, to, agentId, after?.at ?? null, after?.id ?? null, limit],
  );
}
