import {
  afterCallSchema,
  analysisVersion,
  type AfterCall,
  type CallId,
  type TenantId,
} from '@tandem/contracts';
import { query, type Transaction } from '../../connection/unit-of-work.ts';
import { jsonParameter } from '../../rows/storable.ts';

/** Stores settings under their version and returns it. */
export async function storeSettings(
  transaction: Transaction,
  tenantId: TenantId,
  settings: AfterCall,
): Promise<string> {
  const version = analysisVersion(settings);
  await query(
    transaction,
    `INSERT INTO analysis_settings (tenant_id, version, settings) VALUES ($1, $2, $3::jsonb)
     ON CONFLICT DO NOTHING`,
    [tenantId, version, jsonParameter(settings)],
  );
  return version;
}

/** Returns the settings in the version of an agent; null when it has none. */
export async function settingsOf(
  transaction: Transaction,
  tenantId: TenantId,
  agent: { readonly id: string; readonly version: number },
): Promise<AfterCall | null> {
  const [found] = await query<{ afterCall: unknown }>(
    transaction,
    `SELECT content -> 'afterCall' AS "afterCall" FROM agent_versions
     WHERE tenant_id = $1 AND agent_id = $2 AND version = $3`,
    [tenantId, agent.id, agent.version],
  );
  return afterCallSchema.safeParse(found?.afterCall).data ?? null;
}

/** Asks for the analysis of a call that has just ended; once for each version. */
export async function insertAnalysis(
  transaction: Transaction,
  tenantId: TenantId,
  callId: CallId,
  version: string,
): Promise<void> {
  await query(
    transaction,
    `INSERT INTO call_analyses (tenant_id, call_id, version, is_replay) VALUES ($1, $2, $3, false)
     ON CONFLICT DO NOTHING`,
    [tenantId, callId, version],
  );
}

/**
 * Asks for analyses of past calls. One that failed, was cancelled or was made by rules is made again; one
 * that a model made, or that waits, stays as it is.
 */
export async function insertReplays(
  transaction: Transaction,
  tenantId: TenantId,
  runId: string,
  wanted: readonly { readonly callId: CallId; readonly version: string }[],
): Promise<void> {
  const pairs = [tenantId, wanted.map(({ callId }) => callId), wanted.map(({ version }) => version)] as const;
  await query(
    transaction,
    `INSERT INTO call_analyses AS kept (tenant_id, call_id, version, is_replay)
     SELECT $1, call_id, version, true FROM unnest($2::uuid[], $3::text[]) AS wanted(call_id, version)
     ON CONFLICT (call_id, version) DO UPDATE SET state = 'waiting', round = kept.round + 1,
       is_replay = true, due_at = now(), settled_at = NULL, reason = NULL
     WHERE kept.state IN ('failed', 'cancelled') OR kept.state = 'done' AND kept.source = 'rules'`,
    pairs,
  );
  await query(
    transaction,
    `INSERT INTO analysis_run_calls (run_id, analysis_id, tenant_id)
     SELECT $4, analysis.id, $1 FROM unnest($2::uuid[], $3::text[]) AS wanted(call_id, version)
     JOIN call_analyses analysis USING (call_id, version) WHERE analysis.tenant_id = $1
     ON CONFLICT DO NOTHING`,
    [...pairs, runId],
  );
}
