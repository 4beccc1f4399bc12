import type { CallId } from '@tandem/contracts';
import type { Transaction } from '../../connection/unit-of-work.ts';
import { OutboxEventRow } from '../../entities/outbox.entities.ts';
import { insertEvent, type OutboxEvent } from '../../queries/outbox.ts';

export type { OutboxEvent };

/**
 * Writes an event in the transaction of the change it reports, after the change, so that subjects are locked
 * last.
 */
export const writeEvent: (transaction: Transaction, event: OutboxEvent) => Promise<void> = insertEvent;

/** Returns the subject of an event: the call that caused it, else the thing itself. */
export const subjectOf = (
  kind: OutboxEvent['subject']['kind'],
  id: string,
  callId: CallId | null,
): OutboxEvent['subject'] => (callId === null ? { kind, id } : { kind: 'call', id: callId });

/** Writes an event unless its subject has one of this type. The transaction holds the subject's row. */
export async function writeEventOnce(transaction: Transaction, event: OutboxEvent): Promise<void> {
  const { tenantId, type, subject } = event;
  const same = { tenantId, subjectKind: subject.kind, subjectId: subject.id, type };
  if (!(await transaction.existsBy(OutboxEventRow, same))) await writeEvent(transaction, event);
}
