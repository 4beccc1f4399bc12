import {
  isE164,
  storableText,
  termination,
  writtenForms,
  type CallId,
  type CallStatus,
  type RefusalReason,
  type TenantId,
  type TerminationReason,
} from '@tandem/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import type { CallDetail, CallFilter, CallRecord, CallSummary, RefusedCall } from './call-record.ts';
import {
  CallLegRow,
  CallRow,
  DispositionRow,
  ToolCallRow,
  UtteranceRow,
} from '../../entities/call.entities.ts';
import { RecordingRow } from '../../entities/recording.entities.ts';
import { positionOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { jsonParameter } from '../../rows/storable.ts';
import { query, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { callEnded, refusalEvent } from './call-event.ts';
import { toDetail, toSummary } from './call-rows.ts';
import { writeEventOnce } from '../webhooks/outbox.ts';

/** Longest transcript and tool list given out for one call; the rest stays in the database. */
const MAX_CHILDREN = 5_000;

/** Calls as they are remembered. */
export class CallRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Writes one folded call with its legs, transcript, tool calls and disposition: all of it or nothing. Any
   * number of times to the same rows, also from several workers at once: the upsert holds the call's row
   * until the end.
   * @returns `stale` when a fold of more events, or another tenant's call of that id, stands there already
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
   * Writes down a call that was turned away, or gave up. Once: what stands is not changed, but for the wish
   * of a caller to be called back, which may be told of after their hanging up. Answers what stands; null for
   * a call that was admitted.
   */
  async recordRefusal(
    call: RefusedCall,
  ): Promise<{ readonly isNew: boolean; readonly reason: RefusalReason | null }> {
    const { status, reason } = endingOf(call.reason);
    return transact(this.dataSource, async (transaction) => {
      const written = await query(
        transaction,
        `INSERT INTO calls (id, tenant_id, status, direction, channel, from_number, to_number, carrier_call_id, admitted_at, ended_at,
           duration_ms, termination_class, termination_reason, refusal_reason, caller_group, language, attestation)
         VALUES ($1, $2, $14, $3, $4, $5, $6, $7, $8, $9, $10, $15, $16, $11, $12, $13, $17)
         ON CONFLICT (id) DO UPDATE SET refusal_reason = excluded.refusal_reason
           WHERE calls.tenant_id = excluded.tenant_id AND calls.refusal_reason = 'abandoned' AND excluded.refusal_reason = 'callback-requested'
         RETURNING 1`,
        [
          call.callId,
          call.tenantId,
          call.direction,
          call.channel,
          storableText(call.from),
          storableText(call.to),
          textOrNull(call.carrierCallId),
          call.rangAt,
          call.refusedAt,
          wholeMs(Math.max(0, call.refusedAt.getTime() - call.rangAt.getTime())),
          call.reason,
          call.callerGroup,
          call.language,
          status,
          termination(reason).class,
          reason,
          textOrNull(call.attestation),
        ],
      );
      if (written.length === 0) {
        const [standing] = await query<{ reason: RefusalReason | null }>(
          transaction,
          'SELECT refusal_reason AS reason FROM calls WHERE id = $1',
          [call.callId],
        );
        return { isNew: false, reason: standing?.reason ?? null };
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
    const after = page.cursor === undefined ? null : positionOf(page.cursor);
    return run(this.dataSource, async (manager) => {
      const query = manager
        .createQueryBuilder(CallRow, 'call')
        .where('call.tenantId = :tenantId', { tenantId });
      if (filter.status) query.andWhere('call.status = :status', { status: filter.status });
      if (filter.refusalReason)
        query.andWhere('call.refusalReason = :refusalReason', { refusalReason: filter.refusalReason });
      if (filter.from) query.andWhere('call.fromNumber IN (:...from)', { from: partyForms(filter.from) });
      if (filter.to) query.andWhere('call.toNumber IN (:...to)', { to: partyForms(filter.to) });
      if (filter.variantKey)
        query.andWhere('call.variantKey = :variantKey', { variantKey: filter.variantKey });
      if (filter.callerGroup)
        query.andWhere('call.callerGroup = :callerGroup', { callerGroup: filter.callerGroup });
      if (filter.language) query.andWhere('call.language = :language', { language: filter.language });
      if (filter.since) query.andWhere('call.admittedAt >= :since', { since: filter.since });
      if (filter.until) query.andWhere('call.admittedAt < :until', { until: filter.until });
      if (after) query.andWhere('(call.admitted_at, call.id) < (:at, :id)', { at: after.at, id: after.id });
      const found = await query
        .orderBy('call.admittedAt', 'DESC')
        .addOrderBy('call.id', 'DESC')
        .take(page.limit + 1)
        .getMany();
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
   * One call with its transcript, tool calls, legs and disposition; null when this tenant has no such call.
   */
  async get(tenantId: TenantId, callId: CallId): Promise<CallDetail | null> {
    return run(this.dataSource, async (manager) => {
      const call = await manager.findOneBy(CallRow, { tenantId, id: callId });
      if (!call) return null;
      const where = { tenantId, callId };
      const recordings = await manager.find(RecordingRow, {
        where,
        order: { startedAtMs: 'ASC' },
        take: MAX_CHILDREN,
      });
      return toDetail(call, {
        legs: await manager.find(CallLegRow, { where, order: { epoch: 'ASC' }, take: MAX_CHILDREN }),
        utterances: await manager.find(UtteranceRow, {
          where,
          order: { position: 'ASC' },
          take: MAX_CHILDREN,
        }),
        toolCalls: await manager.find(ToolCallRow, {
          where,
          order: { startedAtMs: 'ASC', id: 'ASC' },
          take: MAX_CHILDREN,
        }),
        recordings,
        deletions: await this.deletions(manager, tenantId, recordings),
        disposition: await manager.findOneBy(DispositionRow, where),
      });
    });
  }

  private async deletions(
    manager: EntityManager,
    tenantId: TenantId,
    recordings: readonly RecordingRow[],
  ): Promise<Map<string, Date>> {
    const found = await query<{ recording_id: string; at: Date }>(
      manager,
      'SELECT recording_id, min(at) AS at FROM recording_accesses WHERE tenant_id = $1 AND recording_id ' +
        `= ANY($2) AND action = 'deleted' GROUP BY 1`,
      [tenantId, recordings.map(({ id }) => id)],
    );
    return new Map(found.map((row) => [row.recording_id, row.at]));
  }

  private async outcomes(manager: EntityManager, calls: readonly CallRow[]): Promise<Map<string, string>> {
    const found = await query<{ call_id: string; outcome: string }>(
      manager,
      'SELECT call_id, outcome FROM dispositions WHERE call_id = ANY($1)',
      [calls.map((call) => call.id)],
    );
    return new Map(found.map((row) => [row.call_id, row.outcome]));
  }

  private async upsert(transaction: Transaction, call: CallRecord): Promise<boolean> {
    const written = await query(
      transaction,
      `INSERT INTO calls AS kept (id, tenant_id, status, direction, channel, from_number, to_number, carrier_call_id, agent_id, agent_version,
         agent_name, model_kind, admitted_at, answered_at, ended_at, duration_ms, termination_class, termination_reason, latencies, usage, event_count,
         language, variant_key, caller_group, attestation, cost_micros, cost, models, missing_events)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, direction = excluded.direction, channel = excluded.channel,
         from_number = excluded.from_number, to_number = excluded.to_number, carrier_call_id = excluded.carrier_call_id,
         agent_id = excluded.agent_id, agent_version = excluded.agent_version, agent_name = excluded.agent_name,
         model_kind = excluded.model_kind, admitted_at = excluded.admitted_at, answered_at = excluded.answered_at,
         ended_at = excluded.ended_at, duration_ms = excluded.duration_ms, termination_class = excluded.termination_class,
         termination_reason = excluded.termination_reason, refusal_reason = NULL, latencies = excluded.latencies, usage = excluded.usage,
         event_count = excluded.event_count, language = excluded.language, variant_key = excluded.variant_key,
         caller_group = excluded.caller_group, attestation = excluded.attestation, cost_micros = excluded.cost_micros, cost = excluded.cost,
         models = excluded.models, missing_events = excluded.missing_events, recorded_at = now()
       WHERE kept.tenant_id = excluded.tenant_id AND kept.event_count <= excluded.event_count
       RETURNING id`,
      [
        call.callId,
        call.tenantId,
        call.status,
        call.direction,
        call.channel,
        storableText(call.from),
        storableText(call.to),
        textOrNull(call.carrierCallId),
        call.agent?.id ?? null,
        call.agent?.version ?? null,
        textOrNull(call.agent?.name),
        textOrNull(call.modelKind),
        call.admittedAt,
        call.answeredAt,
        call.endedAt,
        wholeMs(call.durationMs),
        call.termination?.class ?? null,
        call.termination?.reason ?? null,
        jsonParameter(call.latencies),
        jsonParameter(call.usage),
        call.eventCount,
        textOrNull(call.language),
        textOrNull(call.variantKey),
        textOrNull(call.callerGroup),
        textOrNull(call.attestation),
        ...costColumns(call.cost),
        jsonParameter(call.models),
        Math.min(call.missingEvents, MAX_INTEGER),
      ],
    );
    return written.length === 1;
  }

  private async replaceChildren(transaction: Transaction, call: CallRecord): Promise<void> {
    for (const table of ['call_legs', 'utterances', 'tool_calls', 'recordings', 'dispositions'])
      await query(transaction, `DELETE FROM ${table} WHERE call_id = $1`, [call.callId]);
    const owner = [call.tenantId, call.callId] as const;
    await query(
      transaction,
      `INSERT INTO call_legs (tenant_id, call_id, epoch, relay_id, stream_id, attached_at, detached_at, detach_reason)
       SELECT $1, $2, * FROM jsonb_to_recordset($3::jsonb)
         AS leg (epoch integer, "relayId" text, "streamId" text, "attachedAt" timestamptz, "detachedAt" timestamptz, "detachReason" text)
       ON CONFLICT DO NOTHING`,
      [...owner, jsonParameter(call.legs)],
    );
    await query(
      transaction,
      `INSERT INTO utterances (tenant_id, call_id, position, speaker, item_id, text, started_at_ms, ended_at_ms, heard_ms, interrupted)
       SELECT $1, $2, * FROM jsonb_to_recordset($3::jsonb)
         AS utterance (position integer, speaker text, "itemId" text, text text, "startedAtMs" integer, "endedAtMs" integer, "heardMs" integer, interrupted boolean)`,
      [...owner, toStorableUtterances(call)],
    );
    await query(
      transaction,
      `INSERT INTO tool_calls (tenant_id, call_id, id, name, arguments, outcome, status, started_at_ms, took_ms)
       SELECT $1, $2, "toolCallId", name, coalesce(arguments, 'null'), outcome, status, "startedAtMs", "tookMs" FROM jsonb_to_recordset($3::jsonb)
         AS tool_call ("toolCallId" text, name text, arguments jsonb, outcome jsonb, status text, "startedAtMs" integer, "tookMs" integer)
       ON CONFLICT DO NOTHING`,
      [...owner, toStorableToolCalls(call)],
    );
    await query(
      transaction,
      `INSERT INTO recordings (tenant_id, call_id, id, started_at_ms, duration_ms, bytes, outcome)
       SELECT $1, $2, * FROM jsonb_to_recordset($3::jsonb) AS recording ("recordingId" uuid, "startedAtMs" integer, "durationMs" integer, bytes bigint, outcome text)
       ON CONFLICT DO NOTHING`,
      [
        ...owner,
        jsonParameter(
          call.recordings.map((recording) => ({
            ...recording,
            startedAtMs: wholeMs(recording.startedAtMs),
            durationMs: wholeMs(recording.durationMs),
          })),
        ),
      ],
    );
    if (!call.disposition) return;
    const { outcome, detail } = call.disposition;
    await query(
      transaction,
      'INSERT INTO dispositions (tenant_id, call_id, outcome, detail) VALUES ($1, $2, $3, $4)',
      [...owner, storableText(outcome), storableText(detail)],
    );
  }
}

function costColumns(cost: CallRecord['cost']): [number | null, string | null] {
  return cost
    ? [Math.min(Math.round(cost.micros), Number.MAX_SAFE_INTEGER), jsonParameter(cost)]
    : [null, null];
}

function toStorableUtterances(call: CallRecord): string {
  return jsonParameter(
    call.utterances.map((utterance, index) => ({
      ...utterance,
      position: index + 1,
      startedAtMs: wholeMs(utterance.startedAtMs),
      endedAtMs: wholeMs(utterance.endedAtMs),
      heardMs: wholeMs(utterance.heardMs),
    })),
  );
}

function toStorableToolCalls(call: CallRecord): string {
  return jsonParameter(
    call.toolCalls.map((toolCall) => ({
      ...toolCall,
      status: toolCall.outcome?.status ?? 'pending',
      startedAtMs: wholeMs(toolCall.startedAtMs),
      tookMs: wholeMs(toolCall.tookMs),
    })),
  );
}

const partyForms = (party: string): string[] => (isE164(party) ? writtenForms(party) : [party]);

const textOrNull = (text: string | null | undefined): string | null =>
  text === null || text === undefined ? null : storableText(text);

const MAX_INTEGER = 2 ** 31 - 1;

/** Events measure in fractions of a ms and trust their clocks; the column holds 24 days. */
function wholeMs(ms: number | null): number | null {
  return ms === null ? null : Math.max(-MAX_INTEGER, Math.min(MAX_INTEGER, Math.round(ms)));
}

/** A call that waited was answered by the carrier, and its caller hung up. */
function endingOf(reason: RefusalReason): {
  readonly status: CallStatus;
  readonly reason: TerminationReason;
} {
  const hasHungUp = reason === 'abandoned' || reason === 'callback-requested';
  return hasHungUp
    ? { status: 'completed', reason: 'caller-hangup' }
    : { status: 'failed', reason: 'refused' };
}
