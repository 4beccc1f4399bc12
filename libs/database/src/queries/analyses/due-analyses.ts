import type { AnalysisJob } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../../connection/unit-of-work.ts';
import type { DueAnalysis, WaitingAnalysis } from '../../entities/analysis.ts';

/*
 * Hands out analyses that need a job. `place` counts in the line of a tenant, those under way included, so a
 * tenant with thousands of them has no more than `perTenant` jobs in the queue, and the first ones of every
 * tenant get their jobs first.
 *
 * $1 jobs of a tenant and kind, $2 limit, $3 when they are due again, in ms
 */
const TAKE_DUE = `
WITH under_way AS (
  SELECT tenant_id, is_replay, count(*) AS jobs FROM call_analyses
  WHERE state = 'waiting' AND due_at > now() GROUP BY tenant_id, is_replay
), line AS (
  SELECT analysis.id, coalesce(under_way.jobs, 0) + row_number() OVER (
    PARTITION BY tenant_id, is_replay ORDER BY analysis.created_at, analysis.id) AS place
  FROM call_analyses analysis LEFT JOIN under_way USING (tenant_id, is_replay)
  WHERE analysis.state = 'waiting' AND analysis.due_at <= now()
), chosen AS (
  SELECT analysis.id, line.place FROM call_analyses analysis JOIN line ON line.id = analysis.id
  WHERE line.place <= $1 AND analysis.due_at <= now()
  ORDER BY analysis.is_replay, line.place LIMIT $2 FOR UPDATE OF analysis SKIP LOCKED
)
UPDATE call_analyses SET due_at = now() + $3 * interval '1 ms'
FROM chosen WHERE call_analyses.id = chosen.id
RETURNING call_analyses.tenant_id AS "tenantId", call_analyses.id AS "analysisId", round,
  is_replay AS "isReplay", chosen.place::integer AS place`;

/** Returns analyses that need a job, and makes them due again after this time. */
export function takeDueAnalyses(
  manager: EntityManager,
  { limit, perTenant, againMs }: { limit: number; perTenant: number; againMs: number },
): Promise<DueAnalysis[]> {
  return query(manager, TAKE_DUE, [perTenant, limit, againMs]);
}

/** Returns an analysis that waits, with what is known about its agent; null when it waits no more. */
export async function findWaiting(
  manager: EntityManager,
  { tenantId, analysisId, round }: AnalysisJob,
): Promise<WaitingAnalysis | null> {
  const [found] = await query<WaitingAnalysis>(
    manager,
    `SELECT analysis.tenant_id AS "tenantId", analysis.id AS "analysisId", analysis.round,
       analysis.call_id AS "callId", analysis.is_replay AS "isReplay", settings.settings,
       coalesce(agent.content ->> 'language', call.language) AS language,
       coalesce(agent.content ->> 'companyName', tenant.company_name) AS "companyName",
       coalesce(agent.content ->> 'timeZone', tenant.time_zone) AS "timeZone"
     FROM call_analyses analysis
     JOIN analysis_settings settings USING (tenant_id, version)
     JOIN calls call ON call.id = analysis.call_id AND call.tenant_id = analysis.tenant_id
     JOIN tenants tenant ON tenant.id = analysis.tenant_id
     LEFT JOIN agent_versions agent ON agent.tenant_id = analysis.tenant_id
       AND agent.agent_id = call.agent_id AND agent.version = call.agent_version
     WHERE analysis.tenant_id = $1 AND analysis.id = $2 AND analysis.round = $3
       AND analysis.state = 'waiting'`,
    [tenantId, analysisId, round],
  );
  return found ?? null;
}
