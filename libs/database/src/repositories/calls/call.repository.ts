import { isE164, writtenForms, type CallId, type RefusalReason, type TenantId } from '@tandem/contracts';
import { In, type DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import type {
  CallDetail,
  CallFilter,
  CallRecord,
  CallSummary,
  RefusedCall,
} from '../../entities/call-record.ts';
import {
  CallLegRow,
  CallRow,
  DispositionRow,
  ToolCallRow,
  UtteranceRow,
} from '../../entities/call.entities.ts';
import { RecordingAccessRow, RecordingRow } from '../../entities/recording.entities.ts';
import { insertRows } from '../../queries/insert-rows.ts';
import { newestFirst, startOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { writeEventOnce } from '../webhooks/outbox.ts';
import { callEnded, refusalEvent } from './call-event.ts';
import { toChildRows, toDetail, toRefusedRow, toRow, toSummary } from './call-rows.ts';

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
    return transact(this.dataSource, async (transaction) => {
      if (!(await this.upsert(transaction, call))) return 'stale';
      await this.replaceChildren(transaction, call);
      if (call.endedAt) await writeEventOnce(transaction, callEnded(call));
      return 'recorded';
    });
  }

  /**
   * Writes a call that was refused, or whose caller gave up waiting. Once: a stored refusal does not change,
   * except that an abandoned call becomes a callback request, which may be reported after the hangup.
   * @returns the stored reason; null for a call that was admitted
   */
  async recordRefusal(
    call: RefusedCall,
  ): Promise<{ readonly isNew: boolean; readonly reason: RefusalReason | null }> {
    return transact(this.dataSource, async (transaction) => {
      if (!(await this.upsertRefusal(transaction, call))) {
        const stored = await transaction.findOneBy(CallRow, { id: call.callId });
        return { isNew: false, reason: stored?.refusalReason ?? null };
      }
      if (call.tenantId !== null) await writeEventOnce(transaction, refusalEvent(call, call.tenantId));
      return { isNew: true, reason: call.reason };
    });
  }

  /**
   * Newest first.
   * @throws CursorMalformed
   */
  async list(tenantId: TenantId, filter: CallFilter, page: PageRequest): Promise<Page<CallSummary>> {
    const start = startOf(page);
    return run(this.dataSource, async (manager) => {
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
    return run(this.dataSource, async (manager) => {
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

  private async outcomes(manager: EntityManager, calls: readonly CallRow[]): Promise<Map<string, string>> {
    const found = await manager.findBy(DispositionRow, { callId: In(calls.map(({ id }) => id)) });
    return new Map(found.map(({ callId, outcome }) => [callId, outcome]));
  }

  /** Returns whether the row is now the one of this fold. */
  private async upsert(transaction: Transaction, call: CallRecord): Promise<boolean> {
    const { columns } = transaction.dataSource.getMetadata(CallRow);
    const replaced = columns.filter(({ isPrimary }) => !isPrimary).map(({ databaseName }) => databaseName);
    const written = await transaction
      .createQueryBuilder()
      .insert()
      .into(CallRow)
      .values(toRow(call))
      .orUpdate(replaced, ['id'], {
        overwriteCondition: {
          where: 'calls.tenant_id = excluded.tenant_id AND calls.event_count <= excluded.event_count',
        },
      })
      .returning('id')
      .execute();
    return (written.raw as unknown[]).length === 1;
  }

  /** Returns whether the refusal was written. */
  private async upsertRefusal(transaction: Transaction, call: RefusedCall): Promise<boolean> {
    const written = await transaction
      .createQueryBuilder()
      .insert()
      .into(CallRow)
      .values(toRefusedRow(call))
      .orUpdate(['refusal_reason'], ['id'], {
        overwriteCondition: {
          where:
            "calls.tenant_id = excluded.tenant_id AND calls.refusal_reason = 'abandoned' " +
            "AND excluded.refusal_reason = 'callback-requested'",
        },
      })
      .returning('id')
      .execute();
    return (written.raw as unknown[]).length === 1;
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

const partyForms = (party: string): string[] => (isE164(party) ? writtenForms(party) : [party]);

const EXACT = ['status', 'refusalReason', 'variantKey', 'callerGroup', 'language'] as const;

function narrow(matching: SelectQueryBuilder<CallRow>, filter: CallFilter): void {
  const { from, to, since, until } = filter;
  for (const name of EXACT)
    if (filter[name]) matching.andWhere(`call.${name} = :${name}`, { [name]: filter[name] });
  if (from) matching.andWhere('call.fromNumber IN (:...from)', { from: partyForms(from) });
  if (to) matching.andWhere('call.toNumber IN (:...to)', { to: partyForms(to) });
  if (since) matching.andWhere('call.admittedAt >= :since', { since });
  if (until) matching.andWhere('call.admittedAt < :until', { until });
}
