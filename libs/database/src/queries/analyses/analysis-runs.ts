import type { CallId, TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../../connection/unit-of-work.ts';
import type { AnalysisRun, RunSelection } from '../../entities/analysis.ts';
import type { Position } from '../../rows/page.ts';

const VIEW = `
SELECT run.id, run.version, run.skipped, run.created_at AS "createdAt", run.cancelled_at AS "cancelledAt",
  count(*) FILTER (WHERE analysis.state = 'waiting')::integer AS queued,
  count(*) FILTER (WHERE analysis.state = 'done')::integer AS done,
  count(*) FILTER (WHERE analysis.state = 'failed')::integer AS failed,
  count(*) FILTER (WHERE analysis.state = 'cancelled')::integer AS cancelled
FROM analysis_runs run
LEFT JOIN analysis_run_calls item ON item.run_id = run.id
LEFT JOIN call_analyses analysis ON analysis.id = item.analysis_id
WHERE run.tenant_id = $1`;

export async function findRun(
  manager: EntityManager,
  tenantId: TenantId,
  id: string,
): Promise<AnalysisRun | null> {
  const [found] = await query<AnalysisRun>(manager, `${VIEW} AND run.id = $2 GROUP BY run.id`, [
    tenantId,
    id,
  ]);
  return found ?? null;
}

/** Newest first, from `start` on. */
export function listRuns(
  manager: EntityManager,
  tenantId: TenantId,
  start: Position | null,
  limit: number,
): Promise<AnalysisRun[]> {
  return query(
    manager,
    `${VIEW} AND ($2::timestamptz IS NULL OR (run.created_at, run.id) < ($2, $3::uuid))
     GROUP BY run.id ORDER BY run.created_at DESC, run.id DESC LIMIT $4`,
    [tenantId, start?.at ?? null, start?.id ?? null, limit],
  );
}

/** Returns how many runs of a tenant are under way. */
export async function countOpenRuns(transaction: Transaction, tenantId: TenantId): Promise<number> {
  const [found] = await query<{ runs: number }>(
    transaction,
    `SELECT count(*)::integer AS runs FROM analysis_runs run
     WHERE run.tenant_id = $1 AND run.cancelled_at IS NULL AND EXISTS (
       SELECT 1 FROM analysis_run_calls item JOIN call_analyses analysis ON analysis.id = item.analysis_id
       WHERE item.run_id = run.id AND analysis.state = 'waiting')`,
    [tenantId],
  );
  return found?.runs ?? 0;
}

/** An ended call, and the version of the agent that held it. */
export interface ChosenCall {
  readonly callId: CallId;
  readonly agentId: string;
  readonly agentVersion: number;
}

/** Returns the chosen calls of a tenant that have ended, up to a limit. */
export function chooseCalls(
  transaction: Transaction,
  tenantId: TenantId,
  selection: RunSelection,
  limit: number,
): Promise<ChosenCall[]> {
  const isNamed = 'callIds' in selection;
  return query(
    transaction,
    `SELECT id AS "callId", agent_id AS "agentId", agent_version AS "agentVersion" FROM calls
     WHERE tenant_id = $1 AND ended_at IS NOT NULL AND agent_id IS NOT NULL AND agent_version IS NOT NULL
       AND ($2::uuid[] IS NULL OR id = ANY($2))
       AND ($3::timestamptz IS NULL OR admitted_at >= $3)
       AND ($4::timestamptz IS NULL OR admitted_at < $4)
       AND ($5::uuid IS NULL OR agent_id = $5)
     ORDER BY admitted_at DESC, id LIMIT $6`,
    [
      tenantId,
      isNamed ? selection.callIds : null,
      isNamed ? null : selection.from,
      isNamed ? null : selection.to,
      isNamed ? null : selection.agentId,
      limit,
    ],
  );
}

/** Cancels the analyses of a run that wait, but those that another run or the end of a call asked for. */
export async function cancelWaiting(
  transaction: Transaction,
  tenantId: TenantId,
  runId: string,
): Promise<void> {
  await query(
    transaction,
    `UPDATE call_analyses analysis SET state = 'cancelled', due_at = NULL, settled_at = now()
     FROM analysis_run_calls item
     WHERE item.run_id = $2 AND item.tenant_id = $1 AND analysis.id = item.analysis_id
       AND analysis.state = 'waiting' AND analysis.is_replay AND NOT EXISTS (
         SELECT 1 FROM analysis_run_calls other JOIN analysis_runs run ON run.id = other.run_id
         WHERE other.analysis_id = analysis.id AND other.run_id <> $2 AND run.cancelled_at IS NULL)`,
    [tenantId, runId],
  );
}
