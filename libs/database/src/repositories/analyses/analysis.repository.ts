import type { AnalysisJob, CallId, JsonValue, TenantId, ToolCallId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { acrossTenants, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import type {
  AnalysisResult,
  CallAnalysis,
  DueAnalysis,
  ExportedAnalysis,
  ExportSelection,
  FollowUpMessage,
  WaitingAnalysis,
} from '../../entities/analysis.ts';
import { CallAnalysisRow } from '../../entities/analysis.entities.ts';
import { findWaiting, takeDueAnalyses } from '../../queries/analyses/due-analyses.ts';
import { listForExport, storeResult } from '../../queries/analyses/settled-analyses.ts';
import type { Position } from '../../rows/page.ts';
import { without } from '../../rows/without.ts';
import { StaffMessageRepository } from '../enquiries/staff-message.repository.ts';
import { writeEvent } from '../webhooks/outbox.ts';
import { callAnalysed } from './analysis-event.ts';

/** Most versions of a call's analysis that are shown. */
const MOST_SHOWN = 20;
/** Rows of an export that are read at a time. */
const EXPORT_BATCH = 500;

/** Analyses of calls. */
export class AnalysisRepository {
  private readonly staffMessages: StaffMessageRepository;

  constructor(private readonly dataSource: DataSource) {
    this.staffMessages = new StaffMessageRepository(dataSource);
  }

  /**
   * Returns analyses that need a job; they are due again after `againMs`. A tenant has `perTenant` jobs at
   * most for fresh calls, and as many for runs.
   */
  due(take: { limit: number; perTenant: number; againMs: number }): Promise<DueAnalysis[]> {
    return acrossTenants(this.dataSource, 'due-work', (manager) => takeDueAnalyses(manager, take));
  }

  /** Returns an analysis that waits; null when it waits no more. */
  waiting(job: AnalysisJob): Promise<WaitingAnalysis | null> {
    return run(this.dataSource, job.tenantId, (manager) => findWaiting(manager, job));
  }

  /**
   * Stores the end of an analysis with its event and the message for the staff: all of it or nothing, and
   * once. A call leaves one such message at most, whatever its versions.
   * @returns false when the analysis waits no more
   */
  settle(job: AnalysisJob, result: AnalysisResult, message: FollowUpMessage | null): Promise<boolean> {
    return transact(this.dataSource, job.tenantId, async (transaction) => {
      if (!(await storeResult(transaction, job, result))) return false;
      const row = await transaction.findOneByOrFail(CallAnalysisRow, { id: job.analysisId });
      const analysis = toAnalysis(row);
      if (message) await this.leave(transaction, analysis, message);
      await writeEvent(transaction, callAnalysed(analysis));
      return true;
    });
  }

  /** Returns the analyses of a call, the latest one first. */
  async ofCall(tenantId: TenantId, callId: CallId): Promise<CallAnalysis[]> {
    const rows = await run(this.dataSource, tenantId, (manager) =>
      manager
        .createQueryBuilder(CallAnalysisRow, 'analysis')
        .where('analysis.tenantId = :tenantId AND analysis.callId = :callId', { tenantId, callId })
        .orderBy('analysis.settledAt', 'DESC', 'NULLS FIRST')
        .addOrderBy('analysis.createdAt', 'DESC')
        .addOrderBy('analysis.id', 'ASC')
        .take(MOST_SHOWN)
        .getMany(),
    );
    return rows.map(toAnalysis);
  }

  /** Yields the latest settled analysis of each call of a period, oldest call first, in batches. */
  async *export(tenantId: TenantId, selection: ExportSelection): AsyncGenerator<ExportedAnalysis[]> {
    let after: Position | null = null;
    for (;;) {
      const start: Position | null = after;
      const batch: ExportedAnalysis[] = await run(this.dataSource, tenantId, (manager) =>
        listForExport(manager, tenantId, selection, start, EXPORT_BATCH),
      );
      yield batch;
      const last = batch.at(-1);
      if (!last || batch.length < EXPORT_BATCH) return;
      after = { at: last.admittedAt, id: last.callId };
    }
  }

  private async leave(
    transaction: Transaction,
    { tenantId, callId }: CallAnalysis,
    { body, contactPhone }: FollowUpMessage,
  ): Promise<void> {
    await this.staffMessages.create(transaction, {
      tenantId,
      contactId: null,
      contactPhone,
      name: null,
      forWhom: null,
      body,
      urgency: 'normal',
      isCallbackWanted: false,
      callbackFrom: null,
      callbackUntil: null,
      callId,
      // Made by no tool; the key of the one message a call leaves in this way.
      toolCallId: `tc_${callId}_follow-ups` as ToolCallId,
    });
  }
}

const toAnalysis = (row: CallAnalysisRow): CallAnalysis => ({
  ...without(row, 'dueAt', 'round'),
  extraction: row.extraction as JsonValue,
});
