import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { ContactConsentRepository, type ContactConsent, type Transaction } from '@tandem/database';
import { Problem, type Principal } from '@tandem/platform';
import type { ConsentParameter, StateConsent } from './consent.dto.ts';
import { ContactsService } from './contacts.service.ts';

/** A clock of the sender may be a little fast. */
const AHEAD_MS = 60_000;

/** Statements of contacts on what they allow and forbid. */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly consents: ContactConsentRepository,
    private readonly contacts: ContactsService,
  ) {}

  /** Returns the statements, newest first. @throws Problem 404, or 410 `contact-merged` */
  async history(tenantId: TenantId, { id, purpose }: ConsentParameter): Promise<ContactConsent[]> {
    await this.contacts.get(tenantId, id);
    return this.consents.history(tenantId, id, purpose);
  }

  /** Adds a statement. @throws Problem 404, 410 `contact-merged`, or 422 `in-the-future` */
  async state(
    transaction: Transaction,
    { tenantId, callId }: Principal,
    { id, purpose }: ConsentParameter,
    { state, source, at }: StateConsent,
    now: Date,
  ): Promise<ContactConsent[]> {
    const stated = at === undefined ? now : new Date(at);
    if (stated.getTime() > now.getTime() + AHEAD_MS)
      throw new Problem(
        422,
        'in-the-future',
        'The time is not yet',
        'A consent was stated before now. Correct `at`, or leave it out.',
      );
    const statement = { state, source, at: stated, callId };
    const found = await this.consents.state(transaction, tenantId, id, purpose, statement);
    return found ?? this.contacts.refuseMissing(tenantId, id, transaction);
  }
}
