import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { NumberRepository, type PhoneNumber, type Transaction } from '@tandem/database';
import { Precondition } from '@tandem/platform';
import type { ChangeNumber, CreateNumber } from './number.dto.ts';
import { numberRefused } from './number-problems.ts';

/** The phone numbers of a tenant. */
@Injectable()
export class NumbersService {
  constructor(private readonly numbers: NumberRepository) {}

  list(tenantId: TenantId): Promise<PhoneNumber[]> {
    return this.numbers.list(tenantId);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<PhoneNumber> {
    const number = await this.numbers.find(tenantId, id);
    if (!number) throw numberRefused('not-found');
    return number;
  }

  /**
   * @throws Problem 409 `number-exists`; 422 `unknown-group`, `unknown-agent`, `nobody-may-call`,
   * `too-many-numbers`
   */
  async create(transaction: Transaction, tenantId: TenantId, number: CreateNumber): Promise<PhoneNumber> {
    const outcome = await this.numbers.create(transaction, tenantId, number);
    if (typeof outcome === 'string') throw numberRefused(outcome);
    return outcome;
  }

  /**
   * @throws Problem 404; 412 `changed-meanwhile`; 422 `unknown-group`, `unknown-agent`, `nobody-may-call`,
   * `never-open`
   */
  async change(
    tenantId: TenantId,
    id: string,
    change: ChangeNumber,
    precondition: Precondition,
  ): Promise<PhoneNumber> {
    const isCurrent = (before: PhoneNumber) => precondition.isMet(before);
    const outcome = await this.numbers.update(tenantId, id, change, isCurrent);
    if (outcome === 'changed-meanwhile') throw Precondition.failed();
    if (typeof outcome === 'string') throw numberRefused(outcome);
    return outcome;
  }

  /** Does nothing when there is no such number. */
  delete(tenantId: TenantId, id: string): Promise<void> {
    return this.numbers.delete(tenantId, id);
  }
}
