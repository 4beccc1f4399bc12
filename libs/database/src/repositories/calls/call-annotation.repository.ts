import type { CallId, TenantId } from '@tandem/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import type {
  Author,
  CallNote,
  CorrectedDisposition,
  DispositionCorrection,
} from '../../entities/call-annotation.ts';
import { CallRow, DispositionRow } from '../../entities/call.entities.ts';
import { CallNoteRow, CallTagRow, DispositionCorrectionRow } from '../../entities/timeline.entities.ts';
import { insertRows } from '../../queries/insert-rows.ts';
import { storable } from '../../rows/storable.ts';
import { without } from '../../rows/without.ts';

/** Most corrections and notes of one call. */
export const MAX_ANNOTATIONS = 200;

/** Corrections, notes and tags that people add to the record of a call. */
export class CallAnnotationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Returns null when this tenant has no such call. */
  async disposition(tenantId: TenantId, callId: CallId): Promise<CorrectedDisposition | null> {
    return run(this.dataSource, async (manager) => {
      if (!(await manager.existsBy(CallRow, { tenantId, id: callId }))) return null;
      return dispositionOf(manager, tenantId, callId);
    });
  }

  /**
   * Adds a correction, unless the last one is the same. The call's row is held from `check` on, which sees
   * what is there now and throws to refuse the change.
   * @returns null when this tenant has no such call; `full` when it has too many corrections
   */
  async correct(
    tenantId: TenantId,
    callId: CallId,
    correction: Omit<DispositionCorrection, 'at'>,
    check: (current: CorrectedDisposition) => void,
  ): Promise<CorrectedDisposition | 'full' | null> {
    return transact(this.dataSource, async (transaction) => {
      if (!(await holdCall(transaction, tenantId, callId))) return null;
      const current = await dispositionOf(transaction, tenantId, callId);
      check(current);
      const { author, ...said } = storable(correction);
      const last = current.corrections.at(-1);
      if (last?.outcome === said.outcome && last.detail === said.detail && last.reason === said.reason)
        return current;
      if (current.corrections.length >= MAX_ANNOTATIONS) return 'full';
      await transaction.insert(DispositionCorrectionRow, {
        tenantId,
        callId,
        ...said,
        authorKind: author.kind,
        authorId: author.id,
      });
      return dispositionOf(transaction, tenantId, callId);
    });
  }

  /** Returns the notes of a call, the oldest first. */
  async notes(tenantId: TenantId, callId: CallId): Promise<CallNote[]> {
    const found = await run(this.dataSource, (manager) =>
      manager.find(CallNoteRow, {
        where: { tenantId, callId },
        order: { at: 'ASC', id: 'ASC' },
        take: MAX_ANNOTATIONS,
      }),
    );
    return found.map(toNote);
  }

  /** Returns the note; null when this tenant has no such call, `full` when it has too many notes. */
  async addNote(
    transaction: Transaction,
    tenantId: TenantId,
    callId: CallId,
    { text, author }: Pick<CallNote, 'text' | 'author'>,
  ): Promise<CallNote | 'full' | null> {
    if (!(await holdCall(transaction, tenantId, callId))) return null;
    if ((await transaction.countBy(CallNoteRow, { tenantId, callId })) >= MAX_ANNOTATIONS) return 'full';
    const note = transaction.create(CallNoteRow, {
      tenantId,
      callId,
      text: storable(text),
      authorKind: author.kind,
      authorId: author.id,
    });
    const { id } = await transaction.save(note);
    return toNote(await transaction.findOneByOrFail(CallNoteRow, { tenantId, id }));
  }

  /** Does nothing when the call has no such note. */
  async deleteNote(tenantId: TenantId, callId: CallId, id: string): Promise<void> {
    await run(this.dataSource, (manager) => manager.delete(CallNoteRow, { tenantId, callId, id }));
  }

  /** Returns the tags of a call, in their order of letters. */
  async tags(tenantId: TenantId, callId: CallId): Promise<string[]> {
    return run(this.dataSource, (manager) => tagsOf(manager, tenantId, callId));
  }

  /**
   * Replaces the tags of a call. `check` sees those it has, and throws to refuse the change.
   * @returns null when this tenant has no such call
   */
  async setTags(
    tenantId: TenantId,
    callId: CallId,
    tags: readonly string[],
    check: (current: readonly string[]) => void,
  ): Promise<string[] | null> {
    return transact(this.dataSource, async (transaction) => {
      if (!(await holdCall(transaction, tenantId, callId))) return null;
      check(await tagsOf(transaction, tenantId, callId));
      await transaction.delete(CallTagRow, { tenantId, callId });
      await insertRows(
        transaction,
        CallTagRow,
        tags.map((tag) => ({ tenantId, callId, tag })),
      );
      return tagsOf(transaction, tenantId, callId);
    });
  }
}

/** Holds the call's row to the end of the transaction. Returns whether there is one. */
async function holdCall(transaction: Transaction, tenantId: TenantId, callId: CallId): Promise<boolean> {
  const call = await transaction.findOne(CallRow, {
    where: { tenantId, id: callId },
    select: { id: true },
    lock: { mode: 'pessimistic_write' },
  });
  return call !== null;
}

async function dispositionOf(
  manager: EntityManager,
  tenantId: TenantId,
  callId: CallId,
): Promise<CorrectedDisposition> {
  const original = await manager.findOneBy(DispositionRow, { tenantId, callId });
  const corrections = await manager.find(DispositionCorrectionRow, {
    where: { tenantId, callId },
    order: { id: 'ASC' },
    take: MAX_ANNOTATIONS,
  });
  return {
    original: original && without(original, 'tenantId', 'callId'),
    corrections: corrections.map(({ outcome, detail, reason, at, ...row }) => ({
      outcome,
      detail,
      reason,
      author: authorOf(row),
      at,
    })),
  };
}

async function tagsOf(manager: EntityManager, tenantId: TenantId, callId: CallId): Promise<string[]> {
  const found = await manager.find(CallTagRow, { where: { tenantId, callId }, order: { tag: 'ASC' } });
  return found.map(({ tag }) => tag);
}

const toNote = ({ id, text, at, ...row }: CallNoteRow): CallNote => ({ id, text, author: authorOf(row), at });

const authorOf = (row: { readonly authorKind: string; readonly authorId: string | null }): Author => ({
  kind: row.authorKind,
  id: row.authorId,
});
