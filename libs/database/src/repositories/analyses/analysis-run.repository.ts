import { randomUUID } from 'node:crypto';
import type { AfterCall, CallId, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import type { AnalysisRun, NewAnalysisRun } from '../../entities/analysis.ts';
import { AnalysisRunRow } from '../../entities/analysis.entities.ts';
import {
  cancelWaiting,
  chooseCalls,
  countOpenRuns,
  findRun,
  listRuns,
  type ChosenCall,
} from '../../queries/analyses/analysis-runs.ts';
import { insertReplays, settingsOf, storeSettings } from '../../queries/analyses/new-analyses.ts';
import { lockName } from '../../queries/locks.ts';
import { startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';

/** Most calls of a run. */
export const MAX_RUN_CALLS = 5_000;
/** Most runs of a tenant that are under way. */
export const MAX_OPEN_RUNS = 3;

/** Runs: requests for analyses of past calls. */
export class AnalysisRunRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a run and what it asks for; it counts as queued at once. */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    { selection, settings }: NewAnalysisRun,
  ): Promise<AnalysisRun | 'too-many-runs' | 'too-many-calls'> {
    await lockName(transaction, `analysis-runs:${tenantId}`);
    if ((await countOpenRuns(transaction, tenantId)) >= MAX_OPEN_RUNS) return 'too-many-runs';
    const chosen = await chooseCalls(transaction, tenantId, selection, MAX_RUN_CALLS + 1);
    if (chosen.length > MAX_RUN_CALLS) return 'too-many-calls';
    const wanted = await this.versionsOf(transaction, tenantId, chosen, settings);
    const named = 'callIds' in selection ? new Set(selection.callIds).size : chosen.length;
    const id = randomUUID();
    const version = settings && (await storeSettings(transaction, tenantId, settings));
    await transaction.insert(AnalysisRunRow, { id, tenantId, version, skipped: named - wanted.length });
    await insertReplays(transaction, tenantId, id, wanted);
    return (await findRun(transaction, tenantId, id))!;
  }

  find(tenantId: TenantId, id: string): Promise<AnalysisRun | null> {
    return run(this.dataSource, tenantId, (manager) => findRun(manager, tenantId, id));
  }

  /** Newest first. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<AnalysisRun>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) =>
      listRuns(manager, tenantId, start, page.limit + 1),
    );
    return toPageByTime(found, page.limit, (one) => one);
  }

  /** Cancels what waits of a run; results stay. Null when the tenant has no such run. */
  async cancel(transaction: Transaction, tenantId: TenantId, id: string): Promise<AnalysisRun | null> {
    const { affected } = await transaction.update(
      AnalysisRunRow,
      { tenantId, id },
      { cancelledAt: () => 'coalesce(cancelled_at, now())' },
    );
    if (!affected) return null;
    await cancelWaiting(transaction, tenantId, id);
    return findRun(transaction, tenantId, id);
  }

  /** Returns the calls that have settings, each with their version. */
  private async versionsOf(
    transaction: Transaction,
    tenantId: TenantId,
    chosen: readonly ChosenCall[],
    settings: AfterCall | null,
  ): Promise<{ callId: CallId; version: string }[]> {
    const versions = new Map<string, string | null>();
    const wanted: { callId: CallId; version: string }[] = [];
    for (const { callId, agentId, agentVersion } of chosen) {
      const key = settings ? '' : `${agentId}:${agentVersion}`;
      if (!versions.has(key)) {
        const given =
          settings ?? (await settingsOf(transaction, tenantId, { id: agentId, version: agentVersion }));
        versions.set(key, given && (await storeSettings(transaction, tenantId, given)));
      }
      const version = versions.get(key) ?? null;
      if (version !== null) wanted.push({ callId, version });
    }
    return wanted;
  }
}
