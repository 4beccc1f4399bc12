import type { EntityManager } from 'typeorm';
import { query, type Transaction } from '../connection/unit-of-work.ts';
import type { MessageParties } from '../entities/message.ts';

/** Rows of a thread are locked by this name, so that a message and a word about consent take turns. */
export const threadLock = ({ tenantId, channel, ownAddress, party }: MessageParties): string =>
  `messages:${JSON.stringify([tenantId, channel, ownAddress, party])}`;

/** Returns the thread that was last written in within this time; null when there is none. */
export async function findThread(
  manager: EntityManager,
  { tenantId, channel, ownAddress, party }: MessageParties,
  withinMs: number,
): Promise<string | null> {
  const [found] = await query<{ threadId: string }>(
    manager,
    `SELECT thread_id AS "threadId" FROM messages
     WHERE tenant_id = $1 AND channel = $2 AND own_address = $3 AND party = $4
       AND created_at > now() - $5 * interval '1 ms'
     ORDER BY created_at DESC, id DESC LIMIT 1`,
    [tenantId, channel, ownAddress, party, withinMs],
  );
  return found?.threadId ?? null;
}

/** Returns the number of answers in a thread. */
export async function countAnswers(
  manager: EntityManager,
  tenantId: MessageParties['tenantId'],
  threadId: string,
): Promise<number> {
  const [found] = await query<{ answers: number }>(
    manager,
    `SELECT count(*)::integer AS answers FROM messages
     WHERE tenant_id = $1 AND thread_id = $2 AND answers_id IS NOT NULL`,
    [tenantId, threadId],
  );
  return found?.answers ?? 0;
}

export async function isOptedOut(
  manager: EntityManager,
  { tenantId, ownAddress, party }: Pick<MessageParties, 'tenantId' | 'ownAddress' | 'party'>,
): Promise<boolean> {
  const found = await query(
    manager,
    `SELECT 1 FROM message_optouts
     WHERE tenant_id = $1 AND own_address = $2 AND party = $3 AND state = 'out'`,
    [tenantId, ownAddress, party],
  );
  return found.length > 0;
}

export async function storeConsent(
  transaction: Transaction,
  { tenantId, ownAddress, party }: MessageParties,
  state: 'out' | 'in',
  source: 'message' | 'carrier',
): Promise<void> {
  await query(
    transaction,
    `INSERT INTO message_optouts (tenant_id, own_address, party, state, source) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, own_address, party)
     DO UPDATE SET state = excluded.state, source = excluded.source, at = now()`,
    [tenantId, ownAddress, party, state, source],
  );
}

/** A message whose job must be put into the queue. */
export interface DueMessage {
  readonly tenantId: MessageParties['tenantId'];
  readonly id: string;
}

/** Returns messages that are due, and makes them due again after this time. */
export function takeDue(manager: EntityManager, limit: number, againMs: number): Promise<DueMessage[]> {
  return query<DueMessage>(
    manager,
    `UPDATE messages SET due_at = now() + $2 * interval '1 ms' WHERE id IN (
       SELECT id FROM messages WHERE due_at <= now() AND status IN ('received', 'queued')
       ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING tenant_id AS "tenantId", id`,
    [limit, againMs],
  );
}

/** Returns messages that are overdue: never answered or sent, or lost while they were handed over. */
export function findStuck(
  manager: EntityManager,
  limit: number,
  { waitingMs, sendingMs }: { readonly waitingMs: number; readonly sendingMs: number },
): Promise<(DueMessage & { readonly status: 'received' | 'queued' | 'sending' })[]> {
  return query(
    manager,
    `SELECT tenant_id AS "tenantId", id, status FROM messages WHERE due_at IS NOT NULL AND (
       status IN ('received', 'queued') AND created_at < now() - $2 * interval '1 ms'
       OR status = 'sending' AND changed_at < now() - $3 * interval '1 ms')
     ORDER BY created_at LIMIT $1`,
    [limit, waitingMs, sendingMs],
  );
}
