import { Injectable } from '@nestjs/common';
import type { CallId, TenantId } from '@tandem/contracts';
import {
  CallAnnotationRepository,
  MAX_ANNOTATIONS,
  type CorrectedDisposition,
  type Transaction,
} from '@tandem/database';
import { Precondition, Problem, type Principal } from '@tandem/platform';
import {
  authorOf,
  toDisposition,
  toNote,
  type AddNote,
  type CorrectDisposition,
  type SetTags,
} from './annotation.dto.ts';

/** Corrections, notes and tags of calls that are over. */
@Injectable()
export class AnnotationsService {
  constructor(private readonly annotations: CallAnnotationRepository) {}

  /** @throws Problem 404 */
  async disposition(tenantId: TenantId, callId: CallId) {
    return toDisposition(found(await this.annotations.disposition(tenantId, callId)));
  }

  /** @throws Problem 404, 409, 412 */
  async correct(principal: Principal, callId: CallId, body: CorrectDisposition, precondition: Precondition) {
    const correction = { ...body, author: authorOf(principal) };
    const check = (current: CorrectedDisposition) => refuseUnmet(precondition, toDisposition(current));
    const stored = await this.annotations.correct(principal.tenantId, callId, correction, check);
    return toDisposition(notFull(found(stored)));
  }

  /** @throws Problem 404 */
  async notes(tenantId: TenantId, callId: CallId) {
    found(await this.annotations.disposition(tenantId, callId));
    return { items: (await this.annotations.notes(tenantId, callId)).map(toNote) };
  }

  /** @throws Problem 404, 409 */
  async addNote(transaction: Transaction, principal: Principal, callId: CallId, { text }: AddNote) {
    const note = { text, author: authorOf(principal) };
    const stored = await this.annotations.addNote(transaction, principal.tenantId, callId, note);
    return toNote(notFull(found(stored)));
  }

  /** Does nothing when there is no such note. */
  deleteNote(tenantId: TenantId, callId: CallId, noteId: string): Promise<void> {
    return this.annotations.deleteNote(tenantId, callId, noteId);
  }

  /** @throws Problem 404 */
  async tags(tenantId: TenantId, callId: CallId) {
    found(await this.annotations.disposition(tenantId, callId));
    return { tags: await this.annotations.tags(tenantId, callId) };
  }

  /** @throws Problem 404, 412 */
  async setTags(tenantId: TenantId, callId: CallId, { tags }: SetTags, precondition: Precondition) {
    const check = (current: readonly string[]) => refuseUnmet(precondition, { tags: current });
    return { tags: found(await this.annotations.setTags(tenantId, callId, tags, check)) };
  }
}

function found<Value>(value: Value | null): Value {
  if (value !== null) return value;
  throw new Problem(
    404,
    'call-not-found',
    'No such call',
    'There is no ended call of this id. A call that is still going on can be annotated once it has ended.',
  );
}

function notFull<Value>(value: Value | 'full'): Exclude<Value, 'full'> {
  if (value !== 'full') return value as Exclude<Value, 'full'>;
  throw new Problem(
    409,
    'too-many-annotations',
    'The call has too many of them',
    `A call has ${MAX_ANNOTATIONS} notes and ${MAX_ANNOTATIONS} corrections at most. Delete notes, or ` +
      'write elsewhere.',
  );
}

function refuseUnmet(precondition: Precondition, current: unknown): void {
  if (!precondition.isMet(current)) throw Precondition.failed();
}
