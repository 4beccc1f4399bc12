import type { CallId, RefusalReason, TenantId } from '@tandem/contracts';
import { In, type DataSource, type EntityManager } from 'typeorm';
import { DatabaseRefusal, SQL_STATE } from '../../connection/database-errors.ts';
import { acrossTenants, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import type { CallRecord, RefusedCall } from '../../entities/call-record.ts';
import type { CallDetail, CallFilter, CallSummary } from '../../entities/stored-call.ts';
import {
  CallLegRow,
  CallRow,
  DispositionRow,
  ToolCallRow,
  UtteranceRow,
} from '../../entities/call.entities.ts';
import { RecordingAccessRow, RecordingRow } from '../../entities/recording.entities.ts';
import { insertAnalysis, settingsOf, storeSettings } from '../../queries/analyses/new-analyses.ts';
import { insertRows } from '../../queries/insert-rows.ts';
import { lockName } from '../../queries/locks.ts';
import { newestFirst, startOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { writeEventOnce } from '../webhooks/outbox.ts';
import { callEnded, callStarted, refusalEvent, transcriptReady, type StartedCall } from './call-event.ts';
import { upsertCall, upsertRefusal } from './call-upsert.ts';
import { toChildRows } from './call-rows.ts';
import { toDetail, toSummary } from './call-from-rows.ts';
import { narrow } from './call-filter.ts';

/** Longest transcript and tool list returned for one call; the rest stays in the database. */
const MAX_CHILDREN = 5_000;
const CHILDREN = [CallLegRow, UtteranceRow, ToolCallRow, RecordingRow, DispositionRow];

/** Stored calls. */
export class CallRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Writes one folded call with its legs, transcript, tool calls and disposition: all of it or nothing. Any
   * number of times to the same rows, also from several workers at once: the upsert holds the call's row
   * until the end.
   * @returns `stale` when a fold of more events, or another tenant's call of that id, is stored already
   */
  async record(call: CallRecord): Promise<'recorded' | 'stale'> {
    const recorded = await unlessForeign(
      transact(this.dataSource, call.tenantId, async (transaction) => {
        if (!(await upsertCall(transaction, call))) return 'stale';
        await this.replaceChildren(transaction, call);
        if (call.endedAt) await this.finish(transaction, call);
        return 'recorded' as const;
      }),
    );
    return recorded ?? 'stale';
  }

  /** Writes the event of the call's start, once: a repetition changes nothing. */
  async reportStart(call: StartedCall): Promise<void> {
    await transact(this.dataSource, call.tenantId, (transaction) => writeStart(transaction, call));
  }

  /**
   * Writes a call that was refused, or whose caller gave up waiting. Once: a stored refusal does not change,
   * except that an abandoned call becomes a callback request, which may be reported after the hangup.
   * @returns the stored reason; null for a call that was admitted, and for another tenant's of that id
   */
  async recordRefusal(
    call: RefusedCall,
  ): Promise<{ readonly isNew: boolean; readonly reason: RefusalReason | null }> {
    const store = async (transaction: Transaction) => {
      if (!(await upsertRefusal(transaction, call))) {
        const stored = await transaction.findOneBy(CallRow, { id: call.callId });
        return { isNew: false, reason: stored?.refusalReason ?? null };
      }
      if (call.tenantId !== null) await writeEventOnce(transaction, refusalEvent(call, call.tenantId));
      return { isNew: true, reason: call.reason };
    };
    const { tenantId } = call;
    const stored = await unlessForeign(
      tenantId === null
        ? acrossTenants(this.dataSource, 'no-tenant', store)
        : transact(this.dataSource, tenantId, store),
    );
    return stored ?? { isNew: false, reason: null };
  }

  /**
   * Newest first.
   * @throws CursorMalformed
   */
  async list(tenantId: TenantId, filter: CallFilter, page: PageRequest): Promise<Page<CallSummary>> {
    const start = startOf(page);
    return run(this.dataSource, tenantId, async (manager) => {
      const matching = manager
        .createQueryBuilder(CallRow, 'call')
        .where('call.tenantId = :tenantId', { tenantId });
      narrow(matching, filter);
      const found = await newestFirst(matching, 'admittedAt', start, page.limit);
      const outcomes = await this.outcomes(manager, found);
      return toPage(
        found,
        page.limit,
        (row) => ({ at: row.admittedAt, id: row.id }),
        (row) => toSummary(row, outcomes.get(row.id) ?? null),
      );
    });
  }

  /**
   * Returns one call with its transcript, tool calls, legs and disposition; null when this tenant has no such
   * call.
   */
  async get(tenantId: TenantId, callId: CallId): Promise<CallDetail | null> {
    return run(this.dataSource, tenantId, async (manager) => {
      const call = await manager.findOneBy(CallRow, { tenantId, id: callId });
      if (!call) return null;
      const where = { tenantId, callId };
      const take = MAX_CHILDREN;
      const recordings = await manager.find(RecordingRow, { where, order: { startedAtMs: 'ASC' }, take });
      return toDetail(call, {
        legs: await manager.find(CallLegRow, { where, order: { epoch: 'ASC' }, take }),
        utterances: await manager.find(UtteranceRow, { where, order: { position: 'ASC' }, take }),
        toolCalls: await manager.find(ToolCallRow, {
          where,
          order: { startedAtMs: 'ASC', toolCallId: 'ASC' },
          take,
        }),
        recordings,
        deletions: await this.deletions(manager, tenantId, recordings),
        disposition: await manager.findOneBy(DispositionRow, where),
      });
    });
  }

  /** Returns when recordings were first deleted, by their id. */
  /** Writes the events of an ended call, each once; its start too, if that has not been reported. */
  private async reportEnd(transaction: Transaction, call: CallRecord): Promise<void> {
    if (call.answeredAt) await writeStart(transaction, call);
    await writeEventOnce(transaction, callEnded(call));
    const transcript = transcriptReady(call);
    if (transcript) await writeEventOnce(transaction, transcript);
  }

  private async deletions(
    manager: EntityManager,
    tenantId: TenantId,
    recordings: readonly RecordingRow[],
  ): Promise<Map<string, Date>> {
    const found = await manager.find(RecordingAccessRow, {
      where: { tenantId, recordingId: In(recordings.map((row) => row.recordingId)), action: 'deleted' },
      order: { at: 'DESC' },
    });
    return new Map(found.map(({ recordingId, at }) => [recordingId, at]));
  }

  /** Writes the event of an ended call, and asks for its analysis if its agent has one made. */
  private async finish(transaction: Transaction, call: CallRecord): Promise<void> {
    const { tenantId, callId, agent } = call;
    const settings = agent && (await settingsOf(transaction, tenantId, agent));
    if (settings)
      await insertAnalysis(
        transaction,
        tenantId,
        callId,
        await storeSettings(transaction, tenantId, settings),
      );
    await this.reportEnd(transaction, call);
  }

  private async outcomes(manager: EntityManager, calls: readonly CallRow[]): Promise<Map<string, string>> {
    const found = await manager.findBy(DispositionRow, { callId: In(calls.map(({ id }) => id)) });
    return new Map(found.map(({ callId, outcome }) => [callId, outcome]));
  }

  private async replaceChildren(transaction: Transaction, call: CallRecord): Promise<void> {
    const { tenantId, callId, disposition } = call;
    for (const entity of CHILDREN) await transaction.delete(entity, { callId });
    const { legs, utterances, toolCalls, recordings } = toChildRows(call);
    await insertRows(transaction, CallLegRow, legs);
    await insertRows(transaction, UtteranceRow, utterances);
    await insertRows(transaction, ToolCallRow, toolCalls);
    await insertRows(transaction, RecordingRow, recordings);
    if (disposition) await transaction.insert(DispositionRow, { tenantId, callId, ...storable(disposition) });
  }
}

/**
 * Returns the outcome of writing a call; null when another tenant has a call of that id, which its policy
 * keeps from being overwritten.
 */
async function unlessForeign<T>(written: Promise<T>): Promise<T | null> {
  try {
    return await written;
  } catch (error) {
    if (error instanceof DatabaseRefusal && error.sqlState === SQL_STATE.insufficientPrivilege) return null;
    throw error;
  }
}

/** There may be no row of the call yet that a transaction could hold, so the start has a lock of its own. */
async function writeStart(transaction: Transaction, call: StartedCall): Promise<void> {
  await lockName(transaction, `call-started:${call.callId}`);
  await writeEventOnce(transaction, callStarted(call));
}
