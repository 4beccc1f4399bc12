import { AsyncLocalStorage } from 'node:async_hooks';
import type { PendingAct, StoredAnswer } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { appendEntry } from '../audit/append-entry.ts';

/** The act of the request that is being carried out, and its answer once that is stored. */
interface AuditedWork {
  readonly act: PendingAct;
  answer: StoredAnswer | null;
}

const audited = new AsyncLocalStorage<AuditedWork>();

/** Tables whose rows are of requests, not of what they change. */
const OWN_TABLES = ['idempotency_keys', 'audit_heads', 'audit_entries', 'api_key_addresses'];

/**
 * Rows this session has changed, as far as the server has not reported them to its statistics, which it never
 * does within a transaction: the difference within one transaction is what the transaction has changed. A
 * row that was only locked does not count.
 */
const CHANGED_ROWS = `
SELECT coalesce(sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
  + pg_stat_get_xact_tuples_deleted(oid)), 0)::text AS changed
FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname <> ALL($1)`;

/** Runs the work of a request whose act is recorded by the first transaction in it that changes rows. */
export function auditedWork<T>(act: PendingAct, work: () => Promise<T>): Promise<T> {
  return audited.run({ act, answer: null }, work);
}

/** Notes the answer that a transaction stores, for the entry it writes. */
export function noteAnswer(answer: StoredAnswer): void {
  const work = audited.getStore();
  if (work) work.answer = answer;
}

/** The part of an audited request that one transaction is. */
export interface AuditedTransaction {
  /** Writes the entry, last of all before the commit, if the transaction has changed rows. */
  finish(): Promise<void>;
  committed(): void;
}

/** Begins to watch a transaction; null outside of audited requests, and when the act is recorded already. */
export async function beginAudit(transaction: EntityManager): Promise<AuditedTransaction | null> {
  const work = audited.getStore();
  if (!work || work.act.isRecorded) return null;
  const before = await changedRows(transaction);
  let isWritten = false;
  return {
    async finish() {
      if ((await changedRows(transaction)) === before) return;
      const entry = work.act.entryOf(work.answer);
      if (entry === null) return;
      await appendEntry(transaction, work.act.tenantId, entry);
      isWritten = true;
    },
    committed() {
      work.act.isRecorded ||= isWritten;
    },
  };
}

async function changedRows(transaction: EntityManager): Promise<string> {
  const [counted]: { changed: string }[] = await transaction.query(CHANGED_ROWS, [OWN_TABLES]);
  return counted?.changed ?? '';
}
